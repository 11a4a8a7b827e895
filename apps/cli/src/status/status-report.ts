import type { RoutingChanged } from '@ratchet/domain';
import type { DeadLetterCount } from '../dead-letters/dead-letter-list.js';
import { plainTable } from '../stack/plain-table.js';
import type { GroupStatus } from '@ratchet/kafka';
import type { ServiceHealth } from './service-health.js';

/** What `ratchet status` knows. */
export interface StatusReport {
  /** False where a service does not answer, or a group has nobody left to read for it. */
  readonly ok: boolean;
  readonly kafkaBrokers: readonly string[];
  /** Undefined where the services do not run on this machine. */
  readonly console?: string;
  /** Where the token to sign in with is kept. */
  readonly consoleTokenFile?: string;
  readonly services: readonly ServiceHealth[];
  readonly groups: readonly GroupStatus[];
  readonly deadLetters: readonly DeadLetterCount[];
  readonly routing: readonly RoutingChanged[];
}

/** What is down, in words; empty where all is well. Lag and dead letters are for a person to judge, so they are no fault. */
export const faultsOf = ({ services, groups }: Pick<StatusReport, 'services' | 'groups'>): string[] => [
  ...services.filter(({ ready }) => !ready).map(({ service, detail }) => `${service} is not ready: ${detail ?? 'no reason given'}`),
  ...groups.filter(({ members }) => members === 0).map(({ service }) => `nobody reads for ${service}: its consumer group has no member`),
];

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const routingRow = ({ model, workload, champion, candidate, share, stage, revision }: RoutingChanged): (string | number)[] => [
  `${model}/${workload}`,
  champion,
  candidate ?? '–',
  candidate ? `${percent(share)} (stage ${stage})` : '–',
  revision,
];

/** The report for people. */
export const describeStatus = (report: StatusReport): string => {
  const { services, groups, deadLetters, routing } = report;
  const lags = groups.flatMap(({ service, members, topics }) => (topics.length > 0 ? topics.map(({ topic, lag }) => [service, members, topic, lag]) : [[service, members, 'nothing read yet', '–']]));
  const parts = [
    `Kafka    ${report.kafkaBrokers.join(',')}`,
    ...(report.console ? [`Console  ${report.console}${report.consoleTokenFile ? ` (sign in with the token in ${report.consoleTokenFile})` : ''}`] : []),
    ...(services.length > 0 ? [plainTable(['service', 'state', 'address'], services.map(({ service, ready, url, detail }) => [service, ready ? 'ready' : `NOT READY: ${detail ?? ''}`, url]))] : []),
    lags.length > 0 ? plainTable(['service', 'members', 'topic', 'lag'], lags) : 'no service has joined its consumer group yet',
    deadLetters.length > 0
      ? `${plainTable(['dead letters of', 'service', 'code', 'records', 'to replay'], deadLetters.map(({ topic, service, code, records, pending }) => [topic, service, code, records, pending]))}\n\`npx ratchet dlq show\` shows them`
      : 'no dead letters',
    routing.length > 0 ? plainTable(['target', 'champion', 'candidate', 'gets', 'revision'], routing.map(routingRow)) : 'no target has a version yet: `npx ratchet adopt` puts the first one behind it',
    ...faultsOf(report).map((fault) => `DOWN: ${fault}`),
  ];
  return parts.join('\n');
};
