// How close to the speed of the log the signal-detector runs, beside Kafka Streams and NestJS' own transport.
import { join } from 'node:path';
import { Child } from '../shared/child.mjs';
import { startCluster } from '../shared/cluster.mjs';
import { root, say, table, writeResults } from '../shared/report.mjs';
import { kafkaStreamsVersion } from './kafka-streams.mjs';
import { measureLatency } from './latency.mjs';
import { measureRates, rateParts } from './rates.mjs';
import { measureRecovery } from './recovery.mjs';

const parts = [...rateParts, 'latency', 'recovery', 'memory'];
const defaults = { records: 500_000, rounds: 1, conversations: 1_000_000, seed: 1 };

const labels = {
  limit: 'bare reading and JSON.parse (the limit)',
  full: 'signal-detector, all detectors',
  two: 'signal-detector, two processes',
  reference: 'signal-detector, reference job',
  streams1: 'Kafka Streams, reference job, 1 thread',
  streams2: 'Kafka Streams, reference job, 2 threads',
  nest: 'NestJS Kafka transport, reference job',
};

const ratio = (rate, to) => (to === undefined ? undefined : rate / to);

/** Each row with its share of bare reading, and of the faster of Kafka Streams' rows; undefined where that was not measured. */
const withRatios = (rates) => {
  const peers = ['streams1', 'streams2'].flatMap((name) => rates[name]?.recordsPerSecond ?? []);
  const peer = peers.length > 0 ? Math.max(...peers) : undefined;
  return Object.fromEntries(Object.entries(rates).map(([name, row]) => [name, { ...row, ofLimit: ratio(row.recordsPerSecond, rates.limit?.recordsPerSecond), ofKafkaStreams: ratio(row.recordsPerSecond, peer) }]));
};

const rateTable = (rates) =>
  table(
    Object.entries(rates).map(([name, { recordsPerSecond, secondHalf, ofLimit, ofKafkaStreams, cpuSecondsPerMillion, rssMb, rounds }]) => ({
      what: labels[name],
      'records/s': Math.round(recordsPerSecond).toLocaleString('en'),
      'second half': secondHalf && Math.round(secondHalf).toLocaleString('en'),
      'of the limit': ofLimit?.toFixed(2),
      'of Kafka Streams': ofKafkaStreams?.toFixed(2),
      'CPU s/million': cpuSecondsPerMillion?.toFixed(1),
      'RSS MB': rssMb?.toFixed(0),
      rounds: rounds.length,
    })),
  );

const agreementLine = ({ peer, equal, ours, theirs, repeated, rules, ...differences }) =>
  `${labels[peer]}: ${equal ? 'the same findings' : 'DIFFERENT findings'}, ours ${ours}, theirs ${theirs}, repeated ${repeated}, by rule ${JSON.stringify(rules)}${equal ? '' : ` ${JSON.stringify(differences)}`}`;

const inMemory = (conversations) => Child.node(join(root, 'bench', 'streams', 'memory.mjs'), [String(conversations)], { env: { NODE_OPTIONS: '--expose-gc --max-old-space-size=16000' } }).result();

const ms = ({ p50, p99, max }) => `p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms`;

const latencyText = ({ recordsPerSecond, signals, latency, untilProduced, untilSeen, behindSchedule }) => `Latency from publishing to the signal at ${recordsPerSecond.toLocaleString('en')} records/s, ${signals} signals: ${ms(latency)}
  until the detector produces its output: ${ms(untilProduced)}
  from there until a read-committed consumer has it: ${ms(untilSeen)}
  records sent behind schedule: ${ms(behindSchedule)}`;

const recoveryText = ({ assignedSeconds, firstLiveSeconds, allLiveSeconds, replayed, replayMinutes, restoringSeconds, replayedPerSecond, drainPerSecond }) => `Recovery after kill -9: first partition assigned after ${assignedSeconds.toFixed(1)} s (the dead member's session ends first), first commit after ${firstLiveSeconds.toFixed(1)} s, all partitions live after ${allLiveSeconds.toFixed(1)} s
  ${replayed.toLocaleString('en')} records (${replayMinutes} minutes of stream time) replayed in ${restoringSeconds.toFixed(1)} s: ${Math.round(replayedPerSecond).toLocaleString('en')} records/s, ${(replayedPerSecond / drainPerSecond).toFixed(1)} times the drain rate (${Math.round(drainPerSecond).toLocaleString('en')})`;

const memoryText = ({ conversations, bytesEach, textBytesEach, rssBytesEach, rssMb }) => `Memory with ${conversations.toLocaleString('en')} open conversations: ${bytesEach.toLocaleString('en')} bytes each beside ${textBytesEach} bytes of text; RSS ${rssMb.toLocaleString('en')} MB, ${rssBytesEach.toLocaleString('en')} bytes each`;

const checkParts = (only) => {
  const unknown = only.filter((name) => !parts.includes(name));
  if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}: choose of ${parts.join(', ')}`);
};

/** Everything but the table of rates: one after the other, each on topics of its own. */
const measureOthers = async (cluster, { only, records, seed, conversations, results }) => {
  if (only.includes('latency')) {
    // Half of what the detector can do must be known first.
    const rates = results.rates?.full ?? (await measureRates(cluster, { only: ['full'], records: Math.min(records, 300_000), rounds: 1, seed })).rates.full;
    results.latency = await measureLatency(cluster, { recordsPerSecond: rates.recordsPerSecond, seed });
    process.stdout.write(`\n${latencyText(results.latency)}\n`);
  }
  if (only.includes('recovery')) {
    results.recovery = await measureRecovery(cluster, { seed });
    process.stdout.write(`\n${recoveryText(results.recovery)}\n`);
  }
  if (only.includes('memory')) {
    say(`memory: ${conversations.toLocaleString('en')} open conversations`);
    results.memory = await inMemory(conversations);
    process.stdout.write(`\n${memoryText(results.memory)}\n`);
  }
};

/** Runs the parts that are asked for; false where a peer's findings differ from ours. */
export const benchmark = async (given, { onCluster }) => {
  const options = { ...defaults, only: parts, ...given };
  checkParts(options.only);
  const cluster = await startCluster({ onProgress: say });
  onCluster(cluster);
  const results = { records: options.records, kafkaStreams: kafkaStreamsVersion() };
  const measured = await measureRates(cluster, options);
  if (measured) {
    Object.assign(results, measured, { rates: withRatios(measured.rates) });
    process.stdout.write(`\n${rateTable(results.rates)}\n`);
    for (const line of measured.agreement.map(agreementLine)) process.stdout.write(`${line}\n`);
  }
  await measureOthers(cluster, { ...options, results });
  process.stdout.write(`\nwritten to ${writeResults('streams', results, options.json)}\n`);
  return (measured?.agreement ?? []).every(({ equal }) => equal);
};
