import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-operating-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (argv: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> => {
  const io = memoryIo(input);
  const code = await runCli(argv, io);
  return { code, ...io.written() };
};
// Nothing listens on port 1, so that these get as far as the network and no farther.
const nowhere = ['--brokers', '127.0.0.1:1'];
const who = ['--model', 'm', '--actor', 'ann', '--reason', 'r'];
const critic = ['--provider', 'openai', '--provider-model', 'x', '--self-critique'];
const bundleFile = join(folder, 'bundle.json');
writeFileSync(bundleFile, JSON.stringify({ provider: { name: 'openai', model: 'x' }, price: { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 } }));
const ended = JSON.stringify({ specversion: '1.0', id: 'e', source: '/s', type: 'ratchet.conversation.ended', data: { conversationId: 'c', endedAt: '2026-01-01T00:00:00Z' } });

describe('the operating commands', () => {
  it.each([
    ['status', ['status']],
    ['command, whose --version is that of the candidate', ['command', 'approve', '--version', 'v2-12345678', ...who]],
    ['adopt', ['adopt', '--provider', 'embedded', '--provider-model', 'x', ...who]],
    ['adopt of a version that criticises itself', ['adopt', '--provider', 'openai', '--provider-model', 'x', '--self-critique', '{"rounds":2}', ...who]],
    ['adopt of a whole bundle', ['adopt', '--bundle', bundleFile, '--self-critique', '{"maxUsd":0.01}', ...who]],
    ['dataset list', ['dataset', 'list']],
    ['dataset diff', ['dataset', 'diff', 'd1', 'd2']],
    ['review list', ['review', 'list']],
    ['review edit', ['review', 'edit', 'e1', '--output', 'Open Plan.', ...who]],
    ['erase', ['erase', '--user', 'u1', ...who]],
    ['dlq list', ['dlq', 'list']],
    ['audit verify', ['audit', 'verify']],
    ['rewind', ['rewind', '--to', '2026-01-31T04:00:00Z']],
    ['trace', ['trace', 'some-id']],
    ['cycle start', ['cycle', 'start', ...who]],
    ['cycle list', ['cycle', 'list']],
    ['experiment start', ['experiment', 'start', '--treatment', 'v2', ...who]],
    ['experiment list', ['experiment', 'list']],
    ['registry lineage', ['registry', 'lineage', 'v2']],
    ['registry export', ['registry', 'export', '--to-mlflow', 'http://127.0.0.1:1']],
  ])('say that no broker answers: %s', async (_, argv) => {
    const { code, stdout, stderr } = await run([...argv, ...nowhere]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('no Kafka broker answers at 127.0.0.1:1');
  });

  it.each([
    ['rewind to no moment', ['rewind', '--to', 'yesterday'], 'with its zone, such as 2026-01-31T04:00:00Z'],
    ['rewind to a moment of no zone', ['rewind', '--to', '2026-01-31T04:00:00'], 'with its zone, such as'],
    ['rewind to what is to come', ['rewind', '--to', '2999-01-31T04:00:00Z'], 'lies in the future'],
    ['command approve without the version', ['command', 'approve', ...who], 'approve needs --version'],
    ['command with an unknown order', ['command', 'explode', ...who], 'Allowed choices are'],
    ['adopt of nothing', ['adopt', ...who], '--provider and --provider-model, or --bundle'],
    ['adopt of a bundle and of parts', ['adopt', '--bundle', bundleFile, '--provider', 'p', ...who], 'give no --provider'],
    ['adopt with too many rounds', ['adopt', ...critic, '{"rounds":4}', ...who], 'selfCritique.rounds: '],
    ['adopt with a setting that there is not', ['adopt', ...critic, '{"maxCost":1}', ...who], 'there is no field selfCritique.maxCost'],
    ['adopt with settings that are no JSON', ['adopt', ...critic, 'yes', ...who], '--self-critique is not valid JSON'],
    ['adopt with a limit of money without a price', ['adopt', ...critic, '{"maxUsd":1}', ...who], 'without "price" nobody can say'],
    ['adopt of an embedded model that criticises itself', ['adopt', '--provider', 'embedded', '--provider-model', 'x', '--self-critique', ...who], 'the embedded model chooses among answers'],
    ['dlq replay without saying what', ['dlq', 'replay'], 'say what to replay'],
    ['dlq replay of an offset in no topic', ['dlq', 'replay', '--offset', '3'], '--offset needs --topic and --service'],
    ['audit verify with a hash that is none', ['audit', 'verify', '--noted', 'abc'], '--noted takes the hash'],
    ['audit verify with a key that is none', ['audit', 'verify', '--anchor-key', 'package.json'], '--anchor-key package.json is no readable Ed25519 public key'],
    ['audit verify with an address that is none', ['audit', 'verify', '--database', 'localhost'], '--database takes the address'],
    ['audit export with an address that is none', ['audit', 'export', '--database', 'localhost'], '--database takes the address'],
    ['audit export of a chain that is none', ['audit', 'export', '--chain', 'events'], 'Allowed choices are cycles, decisions'],
    ['dataset import without a file', ['dataset', 'import', join(folder, 'none'), '--suite', 'general', '--model', 'm'], 'cannot read'],
    ['review reject without a reason', ['review', 'reject', 'e1', '--model', 'm', '--actor', 'ann'], "required option '--reason"],
    ['review claim of named items and of the next', ['review', 'claim', 'e1', '--next', '3', ...who], 'not both'],
    ['cycle start without a name', ['cycle', 'start', '--model', 'm', '--reason', 'r'], "required option '--actor"],
    ['cycle start that waits for no time', ['cycle', 'start', ...who, '--wait', '--wait-minutes', '0'], 'a number of minutes above 0'],
    ['experiment start without an end, with looks', ['experiment', 'start', '--treatment', 'v2', '--open', '--looks', '5', ...who], '--open has no end'],
    ['experiment start with a share that is none', ['experiment', 'start', '--treatment', 'v2', '--share', '1.5', ...who], 'share: '],
    ['registry export to nowhere', ['registry', 'export'], "required option '--to-mlflow"],
    ['registry export to no address', ['registry', 'export', '--to-mlflow', 'http://'], '--to-mlflow is no address'],
    ['erase without a user', ['erase', ...who], 'give --model, --user'],
    ['replay of a file that is not there', ['replay', join(folder, 'none')], 'cannot read'],
  ])('exit 2 before they ask Kafka anything: %s', async (_, argv, message) => {
    const { code, stdout, stderr } = await run([...argv, ...nowhere]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('replay sends nothing where a line is bad, and names the line', async () => {
    const { code, stderr } = await run(['replay', '-', ...nowhere], `${ended}\n\n{"no event"}\n`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^line 3 is not JSON/);
    expect(stderr).toContain('nothing was sent: 1 of 2 lines are bad');
  });

  it('replay goes on past bad lines where that is asked for', async () => {
    const { stderr } = await run(['replay', '-', '--skip-bad', ...nowhere], `${ended}\nbad\n`);
    expect(stderr).toContain('no Kafka broker answers');
  });
});

describe('ratchet convert', () => {
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('joins the parts of BANKING77 into one file', async () => {
    const out = join(folder, 'banking.jsonl');
    const { code } = await run(['convert', 'banking77', file('train.csv', 'text,category\nmy loan,loan\n'), file('test.csv', 'text,category\n"a loan, now",loan\n'), '--out', out]);
    expect(code).toBe(0);
    const rows = readFileSync(out, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as object);
    expect(rows).toEqual([
      { text: 'my loan', intent: 'loan', split: 'train', domain: 'banking' },
      { text: 'a loan, now', intent: 'loan', split: 'test', domain: 'banking' },
    ]);
  });

  it('writes CLINC150 to standard output for -', async () => {
    const { stdout, stderr } = await run(['convert', 'clinc', file('data_full.json', '{"train":[["open the door","door"]]}'), '--out', '-']);
    expect(stdout).toBe('{"text":"open the door","intent":"door","split":"train","domain":"all"}\n');
    expect(stderr).toContain('1 texts, 1 intents, 1 domains');
  });
});
