// How fast a consumer group gets through what the topic holds, seen from outside: by its committed positions.
import { setTimeout as sleep } from 'node:timers/promises';
import { INTERACTIONS, positionsOf } from '../shared/cluster.mjs';

const POLL_MS = 100;

const progressOf = (positions, ends) => [...ends].reduce((sum, [partition, end]) => sum + Math.min(end, positions.get(partition)?.offset ?? 0), 0);

const usageOfAll = (children) => {
  const usages = children.map((child) => child.usage());
  if (usages.some((usage) => usage === undefined)) return undefined;
  return { cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0), rssMb: usages.reduce((sum, { rssMb }) => sum + rssMb, 0) };
};

/**
 * Waits until the group's positions have reached `ends`, or `stopAfterMs` after the first one. The rate is of the records between the first
 * commit that is seen and the last: starting, joining and the first batch do not count, and what comes later does.
 * `whenReady` puts the first commit off until it resolves.
 */
export const measureDrain = async ({ admin, groupId, children, ends, whenReady = Promise.resolve(), stopAfterMs = Number.POSITIVE_INFINITY, timeoutMs = 600_000 }) => {
  const total = [...ends.values()].reduce((sum, end) => sum + end, 0);
  const until = Date.now() + timeoutMs;
  let ready = false;
  void whenReady.then(() => (ready = true), () => undefined);
  const samples = [];
  for (;;) {
    const ended = children.find((child) => child.hasEnded);
    if (ended) throw new Error(`process ${ended.pid} of ${groupId} ended early: ${ended.output.slice(-3_000)}`);
    if (Date.now() > until) throw new Error(`${groupId} has not reached the end within ${timeoutMs / 1_000} s; its process said: ${children[0].output.slice(-3_000)}`);
    const positions = await positionsOf(admin, { groupId, topic: INTERACTIONS }).catch(() => new Map());
    const records = progressOf(positions, ends);
    if (ready && records > 0 && records !== samples.at(-1)?.records) samples.push({ atMs: performance.now(), records, usage: usageOfAll(children) });
    const first = samples[0];
    if (records >= total || (first && performance.now() - first.atMs > stopAfterMs)) return { ...rateBetween(first, samples.at(-1)), secondHalf: rateBetween(samples[samples.length >> 1], samples.at(-1)).recordsPerSecond };
    await sleep(POLL_MS);
  }
};

const rateBetween = (first, last) => {
  const records = last.records - first.records;
  const seconds = (last.atMs - first.atMs) / 1_000;
  const cpuSeconds = first.usage && last.usage ? last.usage.cpuSeconds - first.usage.cpuSeconds : undefined;
  return {
    records,
    seconds,
    recordsPerSecond: records > 0 ? records / seconds : Number.NaN,
    cpuSecondsPerMillion: cpuSeconds === undefined || records === 0 ? undefined : (cpuSeconds * 1_000_000) / records,
    rssMb: last.usage?.rssMb,
  };
};
