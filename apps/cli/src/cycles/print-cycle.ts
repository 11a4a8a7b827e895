import { plainTable } from '../stack/plain-table.js';
import { printableText } from '../printable-text.js';
import { type KnownCycle, stateOfCycle } from './cycle-log.js';

const REASON_CHARS_MAX = 300;
const text = (value: string): string => printableText(value, REASON_CHARS_MAX);

const targetOf = ({ started, registered, judged }: KnownCycle): string => {
  const known = started ?? registered ?? judged;
  return known ? text(`${known.model}/${known.workload}`) : '–';
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

const listOf = (ids: readonly string[]): string => (ids.length === 0 ? 'none' : ids.map(text).join(', '));
const fieldsOf = (record: Readonly<Record<string, string | number | boolean>>): string => Object.entries(record).map(([name, value]) => text(`${name} ${value}`)).join(', ') || 'none';

const startLines = ({ started }: KnownCycle): string[] =>
  started
    ? [
        `began       ${started.startedAt} by ${started.trigger}: ${text(started.triggerReason)}`,
        ...(started.triggerFacts ? [`saw         ${fieldsOf(started.triggerFacts)}`] : []),
        `from        ${started.baseVersion}, ${started.exampleCount} examples, ${started.failuresAnalyzed} failures`,
        `datasets    ${listOf(started.datasetIds)}`,
        `for         ${listOf(started.opportunityIds)}`,
        `training    ${fieldsOf(started.trainingConfig)}`,
      ]
    : ['began       the topic has let its start go'];

const suiteLines = ({ judged }: KnownCycle): string[] => {
  if (!judged?.evidence) return [];
  const { suiteHash, items, leaked, leakedItemIds = [], scorers } = judged.evidence;
  const named = leakedItemIds.length < leaked ? `${leakedItemIds.length} of them: ` : '';
  return [
    `suite       ${text(suiteHash)}: ${items.target} target, ${items.general} general and ${items.safety} safety items`,
    ...(leaked > 0 ? [`leaked      ${leaked} items were among the training examples (${named}${listOf(leakedItemIds)})`] : []),
    ...(scorers.length > 0 ? [`scored by   ${scorers.map(({ name, version, items: scored }) => text(`${name}${version === undefined ? '' : ` ${version}`} ${scored}`)).join(', ')}`] : []),
  ];
};

const endLines = ({ registered, failed, judged, stage, promoted, rolledBack, rejectedBy }: KnownCycle): string[] => [
  ...(registered ? [`candidate   ${registered.version} in ${registered.trainingSeconds.toFixed(1)} s${registered.backend ? ` by ${registered.backend}` : ''}${registered.costUsd === undefined ? '' : `, ${registered.costUsd} USD`}`] : []),
  ...(registered?.metrics ? [`metrics     ${fieldsOf(registered.metrics)}`] : []),
  ...(failed ? [`failed      ${failed.failedAt}${failed.code ? ` (${failed.code})` : ''}: ${text(failed.reason)}`] : []),
  ...(judged ? [`judged      ${judged.outcome}: ${text(judged.message)}`, ...judged.gates.map(({ name, verdict, message }) => `  ${name} ${verdict}: ${text(message)}`), ...suiteLines({ cycleId: judged.cycleId, judged })] : []),
  ...(rejectedBy === undefined ? [] : [`rejected    by ${text(rejectedBy)}`]),
  ...(stage ? [`rollout     ${stage.from} -> ${stage.to} at ${(stage.share * 100).toFixed(0)} % (${text(stage.actor)}): ${text(stage.reason)}`] : []),
  ...(promoted ? [`promoted    ${promoted.promotedAt} (${text(promoted.actor)}): ${text(promoted.reason)}`] : []),
  ...(rolledBack ? [`rolled back ${rolledBack.rolledBackAt} (${text(rolledBack.actor)}): ${text(rolledBack.reason)}`] : []),
];

export const printCycle = (cycle: KnownCycle): string => [`cycle       ${cycle.cycleId} of ${targetOf(cycle)}: ${stateOfCycle(cycle)}`, ...startLines(cycle), ...endLines(cycle)].join('\n');
