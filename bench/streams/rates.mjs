// The rates that are compared with each other: the same topic, alternating rounds, medians.
import { join } from 'node:path';
import { Child } from '../shared/child.mjs';
import { endsOf, ensureTopic, freshTopics, INTERACTIONS } from '../shared/cluster.mjs';
import { median, root, say } from '../shared/report.mjs';
import { drainWithDetector } from './detector.mjs';
import { buildKafkaStreams, drainWithKafkaStreams } from './kafka-streams.mjs';
import { load } from './load.mjs';
import { drainWithNest, NEST_OUTPUT } from './nest.mjs';
import { compareFindings, findingsSince, positionAtEnd } from './outputs.mjs';
import { traffic } from './traffic.mjs';

export const REFERENCE_OUTPUT = 'ratchet.reference.v1';
const STREAMS_OUTPUT = 'ratchet.reference-kafka-streams.v1';
const NEST_MS = 30_000;

const shown = ({ recordsPerSecond, cpuSecondsPerMillion }) => `${Math.round(recordsPerSecond).toLocaleString('en')} records/s, ${cpuSecondsPerMillion?.toFixed(1) ?? '-'} CPU s per million`;

const readBare = (cluster, { records }) => Child.node(join(root, 'bench', 'streams', 'bare-reader.mjs'), [cluster.brokers.join(','), INTERACTIONS, String(records)]).result();

/** The contenders by name; each gives a result of one round. */
const contenders = (cluster, { ends, records, classPath }) => ({
  limit: () => readBare(cluster, { records }),
  full: () => drainWithDetector(cluster, { profile: 'full', ends }),
  two: () => drainWithDetector(cluster, { profile: 'full', ends, processes: 2 }),
  reference: () => drainWithDetector(cluster, { profile: 'reference', ends }),
  streams1: () => drainWithKafkaStreams(cluster, { classPath, threads: 1, ends, output: STREAMS_OUTPUT }),
  streams2: () => drainWithKafkaStreams(cluster, { classPath, threads: 2, ends, output: STREAMS_OUTPUT }),
  nest: () => drainWithNest(cluster, { ends, stopAfterMs: NEST_MS }),
});

export const rateParts = ['limit', 'full', 'two', 'reference', 'streams1', 'streams2', 'nest'];
const outputOf = { reference: REFERENCE_OUTPUT, streams1: STREAMS_OUTPUT, streams2: STREAMS_OUTPUT };

/** One round of one contender, with its findings where it runs the reference job to the end. */
const runOnce = async (cluster, { name, contender, findings }) => {
  const output = outputOf[name];
  const from = output && (await positionAtEnd(cluster, output));
  const result = await contender();
  say(`${name}: ${shown(result)}`);
  if (output && !findings.has(name)) findings.set(name, await findingsSince(cluster, { topic: output, from }));
  return result;
};

const summarized = (results) => {
  const of = (key) => (results.some((result) => result[key] === undefined) ? undefined : median(results.map((result) => result[key])));
  return { recordsPerSecond: of('recordsPerSecond'), secondHalf: of('secondHalf'), cpuSecondsPerMillion: of('cpuSecondsPerMillion'), rssMb: of('rssMb'), rounds: results };
};

/** Loads the topic and runs the named parts `rounds` times in turn; nest, which is slow, once. */
export const measureRates = async (cluster, { only, records, rounds, seed }) => {
  const names = rateParts.filter((name) => only.includes(name));
  if (names.length === 0) return undefined;
  const classPath = names.some((name) => name.startsWith('streams')) ? await buildKafkaStreams() : undefined;
  await freshTopics(cluster, [REFERENCE_OUTPUT, STREAMS_OUTPUT, NEST_OUTPUT]);
  say(`writing ${records.toLocaleString('en')} records`);
  const startedAt = performance.now();
  const startMs = Date.now() - (records / 250 + 60) * 1_000;
  const loaded = await load(cluster.kafka, { records: traffic({ seed, startMs }), count: records });
  say(`written in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s: ${JSON.stringify(loaded)}`);
  const ends = await endsOf(cluster.admin, INTERACTIONS);
  const all = contenders(cluster, { ends, records, classPath });
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const findings = new Map();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) if (name !== 'nest' || round === 0) results[name].push(await runOnce(cluster, { name, contender: all[name], findings }));
  }
  const agreement = [...findings].filter(([name]) => name !== 'reference' && findings.has('reference')).map(([name, lines]) => ({ peer: name, ...compareFindings(findings.get('reference'), lines) }));
  return { loaded, rates: Object.fromEntries(names.map((name) => [name, summarized(results[name])])), agreement };
};
