import { deadLetterTopicOf, decodeMessage, topics, type MessageLike } from '@ratchet/contracts';
import { eventually, readAll, seededRandom, testKafka, uniqueName, withAdmin, type ReadRecord, type SeededRandom } from '@ratchet/testing';
import { DoorsStack } from '../doors-stack.js';
import { HostileInputs, type HttpInput, type KafkaInput } from './hostile-inputs.js';
import { garbage } from './hostile-values.js';
import { knock, knockRaw, type HttpOutcome } from './http-door.js';

export interface HostileOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly seed: number;
  /** Events, spans, records and requests, all together. */
  readonly inputs: number;
  readonly say: (text: string) => void;
}

export interface HostileReport {
  readonly seed: number;
  readonly inputs: number;
  /** What was sent, taken and refused, by door. */
  readonly doors: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Numbers that have to be equal, in pairs. */
  readonly sums: readonly { readonly what: string; readonly counted: number; readonly expected: number }[];
  readonly problems: readonly string[];
}

const INTERACTIONS = topics.interactions.name;
const SPANS_TOPIC = 'otlp_spans';
const SPANS_PARTITIONS = 3;
const AT_ONCE = 16;
const RECORDS_AT_ONCE = 50;
const SETTLED_WITHIN_MS = 300_000;
const PROBLEMS_MAX = 10;

/** Adds up by names. */
class Tally {
  readonly rows: Record<string, Record<string, number>> = {};
  readonly problems: string[] = [];

  add(door: string, what: string, count = 1): void {
    const row = (this.rows[door] ??= {});
    row[what] = (row[what] ?? 0) + count;
  }

  of(what: string, ...doors: readonly string[]): number {
    return doors.reduce((sum, door) => sum + (this.rows[door]?.[what] ?? 0), 0);
  }

  problem(text: string | undefined): void {
    if (text !== undefined && this.problems.length < PROBLEMS_MAX) this.problems.push(text);
  }
}

const doorOf = (path: string): string => path.slice('/v1/'.length);

const note = (tally: Tally, { counts }: HttpInput, { path, status, accepted, problem }: HttpOutcome): void => {
  const door = doorOf(path);
  tally.add(door, 'sent', counts);
  tally.add(door, `status ${status ?? 'none'}`);
  tally.add(door, 'accepted', accepted);
  tally.problem(problem);
};

const nextHttp = (inputs: HostileInputs, choice: number): HttpInput => {
  if (choice < 0.6) return inputs.events();
  if (choice < 0.75) return inputs.feedbackOrHandoff();
  return choice < 0.8 ? inputs.chat() : inputs.otlp();
};

/** Each asks one after the other, from a generator of its own, so that who is faster changes nothing. */
const askAll = async ({ gateway, tally, random, nowMs, count }: { gateway: string; tally: Tally; random: SeededRandom; nowMs: number; count: number }): Promise<void> => {
  let left = count;
  const ask = async (own: SeededRandom): Promise<void> => {
    const inputs = new HostileInputs(own, nowMs);
    while (left > 0) {
      const choice = own.next();
      if (choice < 0.02) {
        left -= 1;
        tally.add('raw bytes', 'sent');
        if (await knockRaw(gateway, garbage(own))) tally.add('raw bytes', 'refused');
        else tally.problem('raw bytes were answered with something else than 4xx');
        continue;
      }
      const input = nextHttp(inputs, own.next());
      left -= input.counts;
      note(tally, input, await knock(gateway, input));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => ask(random.fork())));
};

const writeAll = async ({ tally, random, nowMs, count }: { tally: Tally; random: SeededRandom; nowMs: number; count: number }): Promise<void> => {
  const inputs = new HostileInputs(random, nowMs);
  const producer = testKafka().producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  for (let left = count; left > 0; left -= RECORDS_AT_ONCE) {
    const isSpans = random.next() < 1 / 3;
    const topic = isSpans ? SPANS_TOPIC : INTERACTIONS;
    const messages: KafkaInput[] = Array.from({ length: Math.min(left, RECORDS_AT_ONCE) }, () => (isSpans ? inputs.otlpRecord() : inputs.record()));
    // One request each where they are large: together they may be more than a broker takes at once.
    for (const message of messages.filter(({ value }) => (value?.length ?? 0) > 100_000)) await producer.send({ topic, messages: [message] });
    const small = messages.filter(({ value }) => (value?.length ?? 0) <= 100_000);
    if (small.length > 0) await producer.send({ topic, messages: small });
    tally.add(topic, 'sent', messages.length);
  }
  await producer.disconnect();
};

const metric = async (url: string, name: RegExp): Promise<number> => [...(await (await fetch(`${url}/metrics`)).text()).matchAll(name)].reduce((sum, [, value]) => sum + Number(value), 0);

/** Until the group has read all of a topic; behind the last record there may be the marker of a transaction. */
const untilRead = (groupId: string, topic: string): Promise<void> =>
  eventually(async () => {
    const behind = await withAdmin(async (admin) => {
      const [ends, committed] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId, topics: [topic] })]);
      return ends.filter(({ partition, high, low }) => Number(high) > Number(low) && Number(committed[0]?.partitions.find((one) => one.partition === partition)?.offset ?? -1) < Number(high) - 1);
    });
    if (behind.length > 0) throw new Error(`${groupId} has not read all of ${topic}: ${JSON.stringify(behind)}`);
  }, { withinMs: SETTLED_WITHIN_MS, everyMs: 500 });

const isClock = ({ headers }: ReadRecord): boolean => headers['ce_source'] === '/ratchet/signal-detector';

const sumsOf = async (stack: DoorsStack, tally: Tally): Promise<HostileReport['sums']> => {
  const all = await readAll(INTERACTIONS, { withinMs: SETTLED_WITHIN_MS });
  const written = all.filter((record) => !isClock(record));
  const undecodable = await countUndecodable(INTERACTIONS, all.length);
  const detectorLetters = await readAll(deadLetterTopicOf(INTERACTIONS, 'signal-detector'), { withinMs: SETTLED_WITHIN_MS });
  const spanLetters = await readAll(deadLetterTopicOf(SPANS_TOPIC, 'gateway'), { withinMs: SETTLED_WITHIN_MS });
  const gateway = stack.urlOf('gateway');
  const ofSpans = await metric(gateway, /^ratchet_gateway_spans_total\{outcome="interaction"\} (\d+)/gmu);
  const taken = tally.of('accepted', 'events', 'feedback', 'handoff', 'chat/completions');
  return [
    { what: 'interactions that spans gave', counted: written.filter(({ headers }) => headers['ce_source'] === '/opentelemetry').length, expected: ofSpans },
    { what: 'records of the log, by what the doors took', counted: written.length, expected: taken + ofSpans + tally.of('sent', INTERACTIONS) },
    { what: 'dead letters of the detector, by what cannot be decoded', counted: detectorLetters.length, expected: undecodable },
    { what: 'dead letters of the collector\'s topic', counted: spanLetters.length, expected: await metric(gateway, /^ratchet_gateway_span_records_dead_lettered_total\{[^}]*\} (\d+)/gmu) },
    { what: 'services that ended', counted: stack.fleet.reduce((sum, { ends }) => sum + ends, 0), expected: 0 },
  ];
};

/** Records that cannot be decoded, among the first `count`; with all bytes of their headers, which a reader of texts would have changed. */
const countUndecodable = async (topic: string, count: number): Promise<number> => {
  const consumer = testKafka().consumer({ groupId: uniqueName('hostile-read'), maxWaitTimeInMs: 50 });
  let read = 0;
  let undecodable = 0;
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { value, headers, timestamp } }) => {
        read += 1;
        const decoded = decodeMessage({ value, timestampMs: Number(timestamp), headers: headers as MessageLike['headers'] }, topic);
        if (!decoded.ok) undecodable += 1;
      },
    });
    await eventually(() => { if (read < count) throw new Error(`${read} of ${count} records were read`); }, { withinMs: SETTLED_WITHIN_MS });
  } finally {
    await consumer.disconnect();
  }
  return undecodable;
};

/** Hostile input through every door at once; then all of it is accounted for. */
export const runHostile = async ({ root, dataDir, seed, inputs, say }: HostileOptions): Promise<HostileReport> => {
  const env = {
    gateway: { OTLP_SPANS_TOPIC: SPANS_TOPIC },
    'signal-detector': { FETCH_WAIT_MS: '50', FETCH_BYTES_MIN: '1' },
  };
  const stack = new DoorsStack({ root, dataDir, services: ['model-server', 'gateway', 'signal-detector'], env, topics: [{ topic: SPANS_TOPIC, numPartitions: SPANS_PARTITIONS, replicationFactor: 1 }], say });
  const tally = new Tally();
  const random = seededRandom(seed);
  try {
    await stack.start();
    const nowMs = Date.now();
    const direct = Math.floor(inputs * 0.3);
    say(`${inputs} inputs of seed ${seed}`);
    await Promise.all([
      askAll({ gateway: stack.urlOf('gateway'), tally, random: random.fork(), nowMs, count: inputs - direct }),
      writeAll({ tally, random: random.fork(), nowMs, count: direct }),
    ]);
    say('all is sent; what came of it is counted');
    await untilRead(`gateway-${SPANS_TOPIC}`, SPANS_TOPIC);
    await untilRead('signal-detector', INTERACTIONS);
    const sums = await sumsOf(stack, tally);
    return { seed, inputs, doors: tally.rows, sums, problems: tally.problems };
  } finally {
    await stack.stop();
  }
};

export const isClean = ({ sums, problems }: HostileReport): boolean => problems.length === 0 && sums.every(({ counted, expected }) => counted === expected);
