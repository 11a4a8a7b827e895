import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { kafkaSettingsOf } from './kafka-access.js';
import { clearRunning, readRecorded, readRunning, writeRunning } from './running.js';

const root = mkdtempSync(join(tmpdir(), 'ratchet-access-'));
afterAll(() => rmSync(root, { recursive: true }));
const fleet = { pids: { gateway: 4 }, url: () => 'http://127.0.0.1:5' };

describe('where the brokers come from', () => {
  const [demo, up] = [join(root, 'demo'), join(root, 'up')];
  const dataDirs = [demo, up];
  const brokersOf = async (options: Parameters<typeof kafkaSettingsOf>[0], env: Record<string, string> = {}): Promise<readonly string[]> => (await kafkaSettingsOf(options, { env, dataDirs })).brokers;

  it('is what the user says, then the environment, then what runs here', async () => {
    await writeRunning(up, fleet, { kafkaBrokers: ['up:1'] });
    const env = { KAFKA_BROKERS: 'env:1, env:2' };
    expect(await brokersOf({ brokers: 'mine:1' }, env)).toEqual(['mine:1']);
    expect(await brokersOf({ dataDir: up }, env)).toEqual(['up:1']);
    expect(await brokersOf({}, env)).toEqual(['env:1', 'env:2']);
    expect(await brokersOf({})).toEqual(['up:1']);
    await writeRunning(demo, fleet, { kafkaBrokers: ['demo:1'] });
    expect(await brokersOf({})).toEqual(['demo:1']);
  });

  it('is an error that says what to do where nothing runs', async () => {
    await expect(kafkaSettingsOf({}, { env: {}, dataDirs: [join(root, 'none')] })).rejects.toThrow(/npx ratchet up/);
    await expect(brokersOf({ brokers: 'no-port' })).rejects.toThrow(/--brokers must be host:port/);
  });
});

describe('running.json', () => {
  it('says what this process runs, until it is cleared', async () => {
    const folder = join(root, 'clear');
    await writeRunning(folder, fleet, { kafkaBrokers: ['k:1'] });
    expect(await readRunning(folder)).toMatchObject({ ownerPid: process.pid, services: { gateway: { url: 'http://127.0.0.1:5', pid: 4 } } });
    await clearRunning(folder);
    expect(await readRecorded(folder)).toBeUndefined();
  });

  it('of a process that has ended counts for nothing, and is not cleared by another', async () => {
    const folder = join(root, 'ended');
    await writeRunning(folder, fleet, { kafkaBrokers: ['k:1'] });
    const recorded = await readRecorded(folder);
    // No process has this id: it is above the largest that Linux gives.
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ ...recorded, ownerPid: 4_194_305 }));
    expect(await readRunning(folder)).toBeUndefined();
    await clearRunning(folder);
    expect(await readRecorded(folder)).toBeDefined();
  });

  it('that is damaged counts for nothing', async () => {
    const folder = join(root, 'damaged');
    await writeRunning(folder, fleet, { kafkaBrokers: ['k:1'] });
    writeFileSync(join(folder, 'running.json'), '{"format":1');
    expect(await readRunning(folder)).toBeUndefined();
  });
});
