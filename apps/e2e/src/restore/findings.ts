import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { topicCatalogue, topics } from '@ratchet/contracts';
import type { Interaction, RolloutAdvanced, VersionPromoted, VersionPublished } from '@ratchet/domain';
import { readAll } from '@ratchet/testing';
import { checkAll } from '../chaos/comparison.js';
import type { Comparison } from '../chaos/comparison.js';
import { deadLetters } from '../chaos/dead-letters.js';
import { committedBy, lagOf } from '../chaos/groups.js';
import { dataOf, eventsOf } from '../chaos/loop-invariants.js';
import type { DrillStack } from './drill-stack.js';

const run = promisify(execFile);

/** What was so before the loss, and when it was. */
export interface Before {
  readonly versions: readonly VersionPublished[];
  /** Hash of the newest decision in the backup. */
  readonly head: string;
  readonly lostAt: string;
  readonly restoredAt: string;
  readonly unanswered: number;
}

export const publishedVersions = async (): Promise<VersionPublished[]> => dataOf<VersionPublished>((await eventsOf(topics.versions)).events, 'ratchet.version.published');

const said = ({ versionId, ordinal, contentHash, parentVersion }: VersionPublished): string => [versionId, ordinal, contentHash, parentVersion].join(' ');

/** Exits 0 where the chains are unbroken; what it says otherwise. */
const auditProblem = async ({ root, brokers, args }: { root: string; brokers: readonly string[]; args: readonly string[] }): Promise<string[]> => {
  const command = [join(root, 'apps', 'cli', 'bin', 'ratchet.mjs'), 'audit', 'verify', '--brokers', brokers.join(','), ...args];
  return run(process.execPath, command).then(() => [], (error: { stderr?: string }) => [String(error.stderr)]);
};

const twice = (items: readonly string[]): string[] => [...Map.groupBy(items, (item) => item)].filter(([, same]) => same.length > 1).map(([item]) => `${item} more than once`);

/** Its transactions end in markers, which are no records: that it has come to the last record is all that can be asked. */
const unreadByDetector = async (): Promise<string[]> => {
  const committed = await committedBy('signal-detector', topics.interactions.name);
  const last = new Map((await readAll(topics.interactions.name)).map(({ partition, offset }) => [partition, offset]));
  return [...last].filter(([partition, offset]) => (committed.get(partition) ?? 0n) <= offset).map(([partition]) => `signal-detector of ${topics.interactions.name}, partition ${partition}`);
};

/** Records of the log that consumers have not come to. */
export const unread = async (): Promise<string[]> => {
  const found = await unreadByDetector();
  for (const { name, consumers } of topicCatalogue) {
    for (const consumer of consumers) if (consumer !== 'signal-detector' && (await lagOf(consumer, name)) > 0) found.push(`${consumer} of ${name}`);
  }
  return found;
};

/** What the topics, the tables and the command line say once the loop has gone on. */
export const findingsOf = async (root: string, { stack }: DrillStack, before: Before): Promise<Comparison[]> => {
  const { brokers, databaseUrl } = stack;
  const versions = new Set((await publishedVersions()).map(said));
  const told = (await eventsOf(topics.promotions)).events;
  const moves = dataOf<RolloutAdvanced>(told, 'ratchet.rollout.advanced');
  const promoted = dataOf<VersionPromoted>(told, 'ratchet.version.promoted');
  const outage = dataOf<Interaction>((await eventsOf(topics.interactions)).events, 'ratchet.interaction.completed').filter(({ startedAt }) => startedAt > before.lostAt && startedAt < before.restoredAt);
  return [
    checkAll('each version is on the new topic as it was', { compared: before.versions.length, problems: before.versions.map(said).filter((version) => !versions.has(version)) }),
    checkAll('no move of a rollout is made twice', { compared: moves.length, problems: twice(moves.map(({ rolloutId, sequence }) => `${rolloutId} ${sequence}`)) }),
    checkAll('no version is promoted twice', { compared: promoted.length, problems: twice(promoted.map(({ version }) => version)) }),
    checkAll('users had an answer all the time', { compared: 1, problems: before.unanswered > 0 ? [`${before.unanswered} had none`] : [] }),
    checkAll('what was answered meanwhile is on the new log', { compared: outage.length, problems: outage.length === 0 ? ['nothing of it'] : [] }),
    checkAll('consumers read all of the new log', { compared: topicCatalogue.length, problems: await unread() }),
    checkAll('nothing is set aside', { compared: topicCatalogue.length, problems: [...(await deadLetters()).keys()] }),
    checkAll('the audit verifies, tables beside the new topic', { compared: 1, problems: await auditProblem({ root, brokers, args: ['--database', databaseUrl, '--noted', before.head] }) }),
    checkAll('the audit verifies from the new topic alone', { compared: 1, problems: await auditProblem({ root, brokers, args: ['--noted', before.head] }) }),
  ];
};
