import { targetKey } from '@ratchet/domain';
import { plainTable } from '../stack/plain-table.js';
import { reportedFields, reportedList, reportedText } from '../printable-text.js';
import { type RegisteredVersion, stateOfVersion } from './version-log.js';


/** Who made it, in words: a person adopted it, a fix patched it, or a back end trained it. Topics keep cycles for a year, and versions for ever. */
export const makerOf = ({ published, cycle }: RegisteredVersion): string => {
  if (!cycle?.registered) return published.parentVersion === undefined ? 'adopted by a person' : 'a cycle that the topics have let go';
  if (cycle.registered.fixId !== undefined) return `fix ${cycle.registered.fixId}`;
  return `trained by ${cycle.registered.backend ?? 'openai'}`;
};

/** One object for programs. */
export const versionJson = (version: RegisteredVersion): object => {
  const { published, cycle, aliases } = version;
  const { registered, started, judged, promoted, rolledBack } = cycle ?? {};
  return {
    versionId: published.versionId, model: published.model, workload: published.workload, ordinal: published.ordinal, state: stateOfVersion(version), aliases,
    contentHash: published.contentHash, provider: published.bundle.provider, publishedAt: published.publishedAt, parentVersion: published.parentVersion ?? null,
    madeBy: makerOf(version), cycleId: cycle?.cycleId ?? null, trigger: started?.trigger ?? null, triggerReason: started?.triggerReason ?? null, triggerFacts: started?.triggerFacts ?? null,
    datasetIds: registered?.datasetIds ?? [], opportunityIds: registered?.opportunityIds ?? [], fixId: registered?.fixId ?? null,
    trainingConfig: registered?.trainingConfig ?? null, backend: registered?.backend ?? null, dataHash: registered?.dataHash ?? null, metrics: registered?.metrics ?? null,
    costUsd: registered?.costUsd ?? null, trainingSeconds: registered?.trainingSeconds ?? null,
    verdict: judged?.outcome ?? null, gates: judged?.gates ?? [], promotedAt: promoted?.promotedAt ?? null, rolledBackAt: rolledBack?.rolledBackAt ?? null,
  };
};

export const printVersions = (versions: readonly RegisteredVersion[]): string =>
  plainTable(
    ['version', 'target', 'parent', 'state', 'made by', 'cycle', 'published'],
    versions.map((version) => {
      const { published, cycle } = version;
      return [published.versionId, reportedText(targetKey(published)), published.parentVersion ?? '–', stateOfVersion(version), reportedText(makerOf(version)), cycle?.cycleId ?? '–', published.publishedAt];
    }),
  );

const trainingLines = ({ cycle }: RegisteredVersion): string[] => {
  const { registered, started } = cycle ?? {};
  if (!registered) return [];
  return [
    `cycle      ${registered.cycleId}${started ? `, by ${started.trigger}: ${reportedText(started.triggerReason)}` : ''}`,
    `datasets   ${reportedList(registered.datasetIds)}`,
    `for        ${reportedList(registered.opportunityIds)}`,
    `parameters ${reportedFields(registered.trainingConfig)}`,
    ...(registered.dataHash === undefined ? [] : [`data hash  ${reportedText(registered.dataHash)}`]),
    ...(registered.metrics ? [`metrics    ${reportedFields(registered.metrics)}`] : []),
    `cost       ${registered.costUsd === undefined ? 'not told' : `${registered.costUsd} USD`}, ${registered.trainingSeconds.toFixed(1)} s`,
  ];
};

const judgementLines = ({ cycle }: RegisteredVersion): string[] => {
  const { judged, promoted, rolledBack } = cycle ?? {};
  return [
    ...(judged ? [`gates      ${judged.outcome}: ${reportedText(judged.message)}`, ...judged.gates.map(({ name, verdict, message }) => `  ${name} ${verdict}: ${reportedText(message)}`)] : []),
    ...(promoted ? [`promoted   ${promoted.promotedAt} (${reportedText(promoted.actor)})`] : []),
    ...(rolledBack ? [`rolled back ${rolledBack.rolledBackAt} (${reportedText(rolledBack.actor)}): ${reportedText(rolledBack.reason)}`] : []),
  ];
};

export const printVersion = (version: RegisteredVersion): string => {
  const { published } = version;
  const { provider } = published.bundle;
  return [
    `version    ${published.versionId} of ${reportedText(targetKey(published))}: ${stateOfVersion(version)}`,
    `bundle     ${reportedText(provider.model)} at ${reportedText(provider.name)}, sha256 ${published.contentHash}`,
    `parent     ${published.parentVersion ?? 'none'}`,
    `made       ${published.publishedAt}, ${reportedText(makerOf(version))}`,
    ...trainingLines(version),
    ...judgementLines(version),
  ].join('\n');
};

/** One line a version, from the first to the asked one; then what was made of that. */
export const printLineage = (line: readonly RegisteredVersion[], children: readonly RegisteredVersion[]): string => {
  const describe = (version: RegisteredVersion): string => {
    const { registered } = version.cycle ?? {};
    const from = registered ? `, cycle ${registered.cycleId}, datasets ${reportedList(registered.datasetIds)}` : '';
    return reportedText(`${version.published.versionId} (${stateOfVersion(version)}): ${makerOf(version)}${from}`);
  };
  const missing = line[0]?.published.parentVersion;
  const before = missing === undefined ? [] : [`${missing} (no longer on the topic)`];
  return [...before, ...line.map(describe)].map((row, depth) => `${'  '.repeat(depth)}${row}`).concat(children.map((child) => `${'  '.repeat(line.length + before.length)}${describe(child)}`)).join('\n');
};
