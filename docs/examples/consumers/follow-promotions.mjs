// node follow-promotions.mjs --brokers HOST:PORT [--group my-team]     prints each promotion and rollback as one line of JSON
// `follow` is what the other examples here read with. It needs kafkajs 2.2 alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';

const TOPIC = 'ratchet.promotions.v1';
const REMEMBERED_MAX = 10_000;
const RETRY_MS = { first: 1_000, most: 60_000 };
/** Shorter than the group's patience with a member that says nothing. */
const HEARTBEAT_MS = 3_000;

const textOf = (header) => String([header].flat().at(-1));

/** A record as a CloudEvent: attributes as `ce_*` headers with the data as value (binary mode), or all of it as value (structured mode). Undefined where it is neither. */
export const eventOf = ({ headers = {}, value }) => {
  try {
    const body = JSON.parse(value.toString());
    if (headers.ce_type === undefined) return typeof body.type === 'string' && typeof body.id === 'string' ? body : undefined;
    const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce_')).map(([name, header]) => [name.slice('ce_'.length), textOf(header)]);
    return { ...Object.fromEntries(attributes), data: body };
  } catch {
    return undefined;
  }
};

/** Knows the newest events, so that what comes twice is done once by this process. Across restarts, what you do must stand a repeat: see the other examples. */
export const rememberEvents = (max = REMEMBERED_MAX) => {
  const seen = new Set();
  const keyOf = ({ source, id }) => JSON.stringify([source, id]);
  return {
    has: (event) => seen.has(keyOf(event)),
    add: (event) => {
      seen.add(keyOf(event));
      if (seen.size > max) seen.delete(seen.values().next().value);
    },
  };
};

const wait = async (ms, { heartbeat, signal }) => {
  for (let left = ms; left > 0; left -= HEARTBEAT_MS) {
    await sleep(Math.min(left, HEARTBEAT_MS), undefined, { signal });
    await heartbeat();
  }
};

/**
 * Calls `handlers[type](event)` for each event of these types; other types are passed over, since there may be new ones. At least once, in order by target: a
 * handler that throws is called again until it does not, and its partition waits for it. Gives a function that stops after what is under way.
 */
export const follow = async ({ kafka, groupId, handlers, log = console.error }) => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const handled = rememberEvents();
  const consumer = kafka.consumer({ groupId });
  const handle = async (event, heartbeat) => {
    for (let waitMs = RETRY_MS.first; ; waitMs = Math.min(2 * waitMs, RETRY_MS.most)) {
      try {
        return await handlers[event.type](event);
      } catch (error) {
        log(`${event.type} ${event.id}: ${error.message}; tried again in ${waitMs / 1_000} s`);
        await wait(waitMs, { heartbeat, signal });
      }
    }
  };
  await consumer.connect();
  // A new group begins with all that is kept, a year as the topic is created; positions are committed after the handler.
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message, heartbeat }) => {
      const event = eventOf(message);
      if (event === undefined) return log(`a record that is no CloudEvent is passed over at offset ${message.offset}`);
      if (!Object.hasOwn(handlers, event.type) || handled.has(event)) return;
      await handle(event, heartbeat);
      handled.add(event);
    },
  });
  return async () => {
    stopping.abort();
    await consumer.disconnect();
  };
};

/** Promotions and rollbacks to one handler, from the command line's `--brokers` and `--group`, until a signal. TLS and SASL: the options of kafkajs. */
export const followUntilStopped = async ({ brokers, group, handler }) => {
  const kafka = new Kafka({ clientId: group, brokers: brokers.split(','), logLevel: logLevel.ERROR });
  const stop = await follow({ kafka, groupId: group, handlers: { 'ratchet.version.promoted': handler, 'ratchet.version.rolledback': handler } });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().then(() => process.exit(0)));
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { brokers: { type: 'string', default: 'localhost:9092' }, group: { type: 'string', default: 'follow-promotions' } } });
  await followUntilStopped({ ...values, handler: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`) });
}
