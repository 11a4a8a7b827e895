import type { CandidateJudged } from '@ratchet/domain';
import { plainTable } from '../stack/plain-table.js';
import { reportedFields, reportedList, reportedText } from '../printable-text.js';
import { type KnownCycle, stateOfCycle } from './cycle-log.js';

const targetOf = ({ started, registered, judged }: KnownCycle): string => {
  const known = started ?? registered ?? judged;
  return known ? reportedText(`${known.model}/${known.workload}`) : '–';
};

/** One object for programs: what is known, and the state that follows from it. */
export const cycleJson = (cycle: KnownCycle): object => {
  const { cycleId, started, registered, failed, judged, stage, promoted, rolledBack, rejectedBy } = cycle;
  return { cycleId, state: stateOfCycle(cycle), started: started ?? null, registered: registered ?? null, failed: failed ?? null, judged: judged ?? null, stage: stage ?? null, promoted: promoted ?? null, rolledBack: rolledBack ?? null, rejectedBy: rejectedBy ?? null };
};

export const printCycles = (cycles: readonly KnownCycle[]): string =>
  plainTable(
    ['cycle', 'target', 'trigger', 'examples', 'candidate', 'state', 'began'],
    cycles.map((cycle) => [cycle.cycleId, targetOf(cycle), cycle.started?.trigger ?? '–', cycle.started?.exampleCount ?? '–', cycle.registered?.version ?? '–', stateOfCycle(cycle), cycle.started?.startedAt ?? '–']),
  );

const startLines = ({ started }: KnownCycle): string[] =>
  started
    ? [
        `began       ${started.startedAt} by ${started.trigger}: ${reportedText(started.triggerReason)}`,
        ...(started.triggerFacts ? [`saw         ${reportedFields(started.triggerFacts)}`] : []),
        `from        ${started.baseVersion}, ${started.exampleCount} examples, ${started.failuresAnalyzed} failures`,
        `datasets    ${reportedList(started.datasetIds)}`,
        `for         ${reportedList(started.opportunityIds)}`,
        `training    ${reportedFields(started.trainingConfig)}`,
      ]
    : ['began       the topic has let its start go'];

const suiteLines = (evidence: CandidateJudged['evidence']): string[] => {
  if (!evidence) return [];
  const { suiteHash, items, leaked, leakedItemIds = [], scorers } = evidence;
  const named = leakedItemIds.length < leaked ? `${leakedItemIds.length} of them: ` : '';
  return [
    `suite       ${reportedText(suiteHash)}: ${items.target} target, ${items.general} general and ${items.safety} safety items`,
    ...(leaked > 0 ? [`leaked      ${leaked} items were among the training examples (${named}${reportedList(leakedItemIds)})`] : []),
    ...(scorers.length > 0 ? [`scored by   ${scorers.map(({ name, version, items: scored }) => reportedText(`${name}${version === undefined ? '' : ` ${version}`} ${scored}`)).join(', ')}`] : []),
  ];
};

const endLines = ({ registered, failed, judged, stage, promoted, rolledBack, rejectedBy }: KnownCycle): string[] => [
  ...(registered ? [`candidate   ${registered.version} in ${registered.trainingSeconds.toFixed(1)} s${registered.backend ? ` by ${registered.backend}` : ''}${registered.costUsd === undefined ? '' : `, ${registered.costUsd} USD`}`] : []),
  ...(registered?.metrics ? [`metrics     ${reportedFields(registered.metrics)}`] : []),
  ...(failed ? [`failed      ${failed.failedAt}${failed.code ? ` (${failed.code})` : ''}: ${reportedText(failed.reason)}`] : []),
  ...(judged ? [`judged      ${judged.outcome}: ${reportedText(judged.message)}`, ...judged.gates.map(({ name, verdict, message }) => `  ${name} ${verdict}: ${reportedText(message)}`), ...suiteLines(judged.evidence)] : []),
  ...(rejectedBy === undefined ? [] : [`rejected    by ${reportedText(rejectedBy)}`]),
  ...(stage ? [`rollout     ${stage.from} -> ${stage.to} at ${(stage.share * 100).toFixed(0)} % (${reportedText(stage.actor)}): ${reportedText(stage.reason)}`] : []),
  ...(promoted ? [`promoted    ${promoted.promotedAt} (${reportedText(promoted.actor)}): ${reportedText(promoted.reason)}`] : []),
  ...(rolledBack ? [`rolled back ${rolledBack.rolledBackAt} (${reportedText(rolledBack.actor)}): ${reportedText(rolledBack.reason)}`] : []),
];

export const printCycle = (cycle: KnownCycle): string => [`cycle       ${cycle.cycleId} of ${targetOf(cycle)}: ${stateOfCycle(cycle)}`, ...startLines(cycle), ...endLines(cycle)].join('\n');
