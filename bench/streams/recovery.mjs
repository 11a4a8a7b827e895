// kill -9 with a state that reaches a quarter of an hour back, and how long it takes until the next process is live.
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { endsOf, forgetGroup, freshTopics, INTERACTIONS, positionsOf } from '../shared/cluster.mjs';
import { say } from '../shared/report.mjs';
import { assignmentsOf, groupOf, startDetector } from './detector.mjs';
import { measureDrain } from './drain.mjs';
import { load } from './load.mjs';
import { traffic } from './traffic.mjs';

/** 1,200 s of event time; at four fifths of it the state reaches back 16 minutes. */
const RECORDS = 300_000;
const RECORDS_PER_SECOND = 250;
const KILL_AT = 0.8;
const WITHIN_MS = 300_000;

/** One conversation for each partition, found by trying names. */
const onePerPartition = (partitions) => {
  const partitionOf = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 1 }));
  const names = new Map();
  for (let i = 0; names.size < partitions; i += 1) names.set(partitionOf({ topic: INTERACTIONS, partitionMetadata, message: { key: `steady-${i}` } }), `steady-${i}`);
  return [...names.values()];
};

/** Seconds after the start until partitions were assigned, and until each of them had a commit beyond its old position. */
const watchRecovery = async (cluster, { detector, old }) => {
  const startedMs = performance.now();
  let firstAssignedMs;
  const liveMs = new Map();
  while (liveMs.size < old.size) {
    if (detector.hasEnded || performance.now() - startedMs > WITHIN_MS) throw new Error(`not live: ${detector.output.slice(-3_000)}`);
    if (firstAssignedMs === undefined && assignmentsOf(detector).length > 0) firstAssignedMs = performance.now();
    const positions = await positionsOf(cluster.admin, { groupId: groupOf('full'), topic: INTERACTIONS }).catch(() => new Map());
    for (const [partition, { offset }] of positions) if (!liveMs.has(partition) && offset > old.get(partition)) liveMs.set(partition, performance.now());
    await sleep(20);
  }
  const times = [...liveMs.values()];
  const seconds = (ms) => (ms - startedMs) / 1_000;
  return { assignedSeconds: seconds(firstAssignedMs), firstLiveSeconds: seconds(Math.min(...times)), allLiveSeconds: seconds(Math.max(...times)) };
};

export const measureRecovery = async (cluster, { seed }) => {
  await freshTopics(cluster);
  const startMs = Date.now() - (RECORDS / RECORDS_PER_SECOND + 60) * 1_000;
  const ends = await endsOf(cluster.admin, INTERACTIONS);
  await load(cluster.kafka, { records: traffic({ seed, startMs, recordsPerSecond: RECORDS_PER_SECOND, steady: onePerPartition(ends.size) }), count: RECORDS });
  const killAt = new Map([...(await endsOf(cluster.admin, INTERACTIONS))].map(([partition, end]) => [partition, Math.floor(end * KILL_AT)]));
  say(`recovery: reading ${KILL_AT * 100} % of ${RECORDS.toLocaleString('en')} records, then kill -9`);
  const groupId = groupOf('full');
  const first = startDetector(cluster);
  const drained = await measureDrain({ admin: cluster.admin, groupId, children: [first], ends: killAt });
  await first.end('SIGKILL');
  // A transaction that was open at the kill may still be committed by the broker.
  await sleep(500);
  const old = new Map([...(await positionsOf(cluster.admin, { groupId, topic: INTERACTIONS }))].map(([partition, { offset }]) => [partition, offset]));
  const second = startDetector(cluster);
  try {
    const times = await watchRecovery(cluster, { detector: second, old });
    const assigned = new Map(assignmentsOf(second).map((one) => [one.partition, one]));
    const replayed = [...assigned.values()].reduce((sum, { position, replayFrom }) => sum + position - replayFrom, 0);
    const restoringSeconds = times.allLiveSeconds - times.assignedSeconds;
    return { ...times, replayed, replayMinutes: Math.round(replayed / RECORDS_PER_SECOND / 6) / 10, restoringSeconds, replayedPerSecond: replayed / restoringSeconds, drainPerSecond: drained.recordsPerSecond };
  } finally {
    await second.end();
    await forgetGroup(cluster.admin, groupId);
  }
};
