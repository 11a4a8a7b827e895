import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeErrorCodes } from '@ratchet/contracts';
import { createKafka, EventProducer, toDeadLetter } from '@ratchet/kafka';
import type { ConsumedRecord, ProducedRecord } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { createTopics, eventually, kafkaBrokers, readAll, uniqueName, withAdmin } from '@ratchet/testing';
import type { ReadRecord } from '@ratchet/testing';
import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';

const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'cli-itest' }, Logger.silent());
const producer = new EventProducer(kafka);
const TOPIC = `${uniqueName('itest-dlq')}.v1`;
const TOPICS = [TOPIC, `${TOPIC}.analyzer.dlq`, `${TOPIC}.evaluator.dlq`];
const codes = [...decodeErrorCodes, 'handler_fault'];

const letter = (service: string, code: string, offset: number): ProducedRecord => {
  const record: ConsumedRecord = {
    topic: TOPIC, partition: 0, offset: BigInt(offset), timestampMs: 0, key: Buffer.from(`k${offset}`), value: code === 'null_value' ? null : Buffer.from([0x7b, 0xff, offset]), headers: { ce_id: Buffer.from(`e${offset}`) },
  };
  return toDeadLetter({ record, service, reason: { code, message: `no good: ${code}` }, nowMs: 1_000 });
};

const dlq = async (...args: string[]): Promise<{ code: number; lines: Record<string, unknown>[]; stderr: string }> => {
  const io = memoryIo();
  const code = await runCli(['dlq', ...args, '--topic', TOPIC, '--brokers', kafkaBrokers().join(',')], io);
  const { stdout, stderr } = io.written();
  return { code, stderr, lines: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>) };
};
const counts = async (service: string): Promise<Record<string, unknown>> => Object.fromEntries((await dlq('list', '--json', '--service', service)).lines.map(({ code, records, pending }) => [code, `${records} ${pending}`]));

/** A transaction is visible a moment after its commit has returned. */
const sentBack = (records: number): Promise<ReadRecord[]> =>
  eventually(async () => {
    const found = await readAll(TOPIC);
    expect(found).toHaveLength(records);
    return found;
  });

beforeAll(async () => {
  await createTopics(TOPICS.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 })));
  // The analyzer's: one a code, and a second copy of the last two, as a kill between the letters and the position leaves them.
  const analyzers = codes.map((code, offset) => letter('analyzer', code, offset));
  await producer.sendRecords([...analyzers, ...analyzers.slice(-2)]);
  await producer.sendRecords([letter('evaluator', 'not_json', codes.indexOf('not_json'))]);
});
afterAll(async () => {
  await producer.close();
  await withAdmin((admin) => admin.deleteTopics({ topics: TOPICS }));
});

describe('ratchet dlq', () => {
  it('counts each place once a service, whatever the code and however many copies', async () => {
    expect(await counts('analyzer')).toEqual(Object.fromEntries(codes.map((code) => [code, '1 1'])));
    expect(await counts('evaluator')).toEqual({ not_json: '1 1' });
  });

  it('shows every code with its reason, its place and printable bytes', async () => {
    const { lines } = await dlq('show', '--json', '--service', 'analyzer', '--limit', '100');
    expect(lines.slice(0, codes.length).map(({ code, message, from, replayed }) => ({ code, message, from, replayed }))).toEqual(
      codes.map((code, offset) => ({ code, message: `no good: ${code}`, from: `${TOPIC}/0@${offset}`, replayed: false })),
    );
    expect(lines[0]?.['value']).toBe('(no value)');
    expect(String(lines[1]?.['value'])).toMatch(/^\{/);
  });

  it('sends one back, and then neither it nor its copy again', async () => {
    const fault = codes.indexOf('handler_fault');
    const { lines } = await dlq('replay', '--service', 'analyzer', '--offset', String(fault));
    expect(lines).toEqual([{ replayed: 1, sent: 1, replayedBefore: 0 }]);
    const [sent] = await sentBack(1);
    expect(sent).toMatchObject({ key: `k${fault}`, value: Buffer.from([0x7b, 0xff, fault]), headers: { ce_id: `e${fault}` } });
    expect(Object.keys(sent?.headers ?? {})).toEqual(['ce_id']);
    expect((await counts('analyzer'))['handler_fault']).toBe('1 0');
    const again = await dlq('replay', '--service', 'analyzer', '--offset', String(codes.length + 1));
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/a copy of this record has been replayed already/)]);
  });

  it('sends all the rest back, each record once, and nothing the next time', async () => {
    // The rest of the analyzer's, the copies of two, and the evaluator's letter of a record that is among them.
    expect((await dlq('replay', '--all')).lines).toEqual([{ replayed: codes.length - 1 + 2 + 1, sent: codes.length - 1, replayedBefore: 1 }]);
    const sent = await sentBack(codes.length);
    expect(sent.map(({ key }) => key).sort()).toEqual(codes.map((_, offset) => `k${offset}`).sort());
    expect(Object.values(await counts('analyzer'))).toEqual(codes.map(() => '1 0'));
    expect((await dlq('replay', '--all')).lines).toEqual([{ replayed: 0, sent: 0, replayedBefore: codes.length + 3 }]);
    expect((await dlq('replay', '--all', '--again', '--limit', '1')).lines).toEqual([{ replayed: 1, sent: 1, replayedBefore: 0 }]);
  });
});
