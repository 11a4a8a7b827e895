// How close to the speed of the log the signal-detector runs, beside Kafka Streams and NestJS' own transport.
import { startCluster } from '../shared/cluster.mjs';
import { say, table, writeResults } from '../shared/report.mjs';
import { kafkaStreamsVersion } from './kafka-streams.mjs';
import { measureRates, rateParts } from './rates.mjs';

const defaults = { records: 1_000_000, rounds: 1, conversations: 1_000_000, seed: 1 };

const labels = {
  limit: 'bare reading and JSON.parse (the limit)',
  full: 'signal-detector, all detectors',
  two: 'signal-detector, two processes',
  reference: 'signal-detector, reference job',
  streams1: 'Kafka Streams, reference job, 1 thread',
  streams2: 'Kafka Streams, reference job, 2 threads',
  nest: 'NestJS Kafka transport, reference job',
};

const ratio = (rate, to) => (rate === undefined || to === undefined ? undefined : (rate / to).toFixed(2));

const rateTable = (rates) => {
  const limit = rates.limit?.recordsPerSecond;
  const peer = Math.max(...['streams1', 'streams2'].flatMap((name) => (rates[name] ? [rates[name].recordsPerSecond] : [])));
  return table(
    Object.entries(rates).map(([name, { recordsPerSecond, secondHalf, cpuSecondsPerMillion, rssMb, rounds }]) => ({
      what: labels[name],
      'records/s': Math.round(recordsPerSecond).toLocaleString('en'),
      'second half': secondHalf && Math.round(secondHalf).toLocaleString('en'),
      'of the limit': ratio(recordsPerSecond, limit),
      'of Kafka Streams': Number.isFinite(peer) ? ratio(recordsPerSecond, peer) : undefined,
      'CPU s/million': cpuSecondsPerMillion?.toFixed(1),
      'RSS MB': rssMb?.toFixed(0),
      rounds: rounds.length,
    })),
  );
};

const agreementLine = ({ peer, equal, ours, theirs, repeated, rules, ...differences }) =>
  `${labels[peer]}: ${equal ? 'the same findings' : 'DIFFERENT findings'}, ours ${ours}, theirs ${theirs}, repeated ${repeated}, by rule ${JSON.stringify(rules)}${equal ? '' : ` ${JSON.stringify(differences)}`}`;

/** Runs the parts that are asked for; false where a peer's findings differ from ours. */
export const benchmark = async (given, { onCluster }) => {
  const options = { ...defaults, only: [...rateParts], ...given };
  const cluster = await startCluster({ onProgress: say });
  onCluster(cluster);
  const results = { records: options.records, kafkaStreams: kafkaStreamsVersion() };
  const measured = await measureRates(cluster, options);
  if (measured) {
    Object.assign(results, measured);
    process.stdout.write(`\n${rateTable(measured.rates)}\n`);
    for (const line of measured.agreement.map(agreementLine)) process.stdout.write(`${line}\n`);
  }
  process.stdout.write(`\nwritten to ${writeResults('streams', results, options.json)}\n`);
  return (measured?.agreement ?? []).every(({ equal }) => equal);
};
