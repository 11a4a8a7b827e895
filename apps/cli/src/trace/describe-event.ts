import { isEvent } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import {
  candidateJudged, candidateRegistered, commandIssued, datasetVersioned, examplesAdded, fixProposed, interactionFailed, opportunityClosed, opportunityRanked,
  qualityEvaluated, rolloutAdvanced, signalDetected, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack,
} from '@ratchet/domain';

const TEXT_CHARS_MAX = 120;

/** One line that cannot move a terminal's cursor. */
const quote = (text: string): string => JSON.stringify(text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const describeSource = (event: EventEnvelope): string | undefined => {
  if (isEvent(event, signalDetected)) return `signal ${event.data.name} (strength ${event.data.strength.toFixed(2)}${event.data.late ? ', late' : ''}) in interaction ${event.data.interactionId}${event.data.correction ? `: should have been ${quote(event.data.correction)}` : ''}`;
  if (isEvent(event, interactionFailed)) return `interaction ${event.data.interactionId} failed (${percent(event.data.probability)}) with ${event.data.version}: ${quote(event.data.query)} was answered ${quote(event.data.response)}`;
  if (isEvent(event, qualityEvaluated)) return `quality of interaction ${event.data.interactionId}: ${event.data.scores.map(({ evaluator, score }) => `${evaluator} ${score.toFixed(2)}`).join(', ')}`;
  if (isEvent(event, opportunityRanked)) return `opportunity ${event.data.opportunityId}: ${event.data.size} failures of ${event.data.affectedUsers} users, rank ${event.data.rank}, ${event.data.rootCause}, to be fixed by ${event.data.fixType}`;
  if (isEvent(event, opportunityClosed)) return `opportunity ${event.data.opportunityId} is closed: ${event.data.reason}${event.data.version ? ` by ${event.data.version}` : ''}`;
  if (isEvent(event, examplesAdded)) return event.data.examples.map(({ exampleId, input, output, source, split, lineage }) => `example ${exampleId} (${source}, ${split}${lineage.agreeingUsers === undefined ? '' : `, ${lineage.agreeingUsers} users agree`}): ${quote(input)} is answered ${quote(output)}`).join('; ');
  if (isEvent(event, datasetVersioned)) return `dataset ${event.data.datasetId} (${event.data.purpose}): ${event.data.trainCount} train, ${event.data.testCount} test examples`;
  if (isEvent(event, fixProposed)) return `fix ${event.data.fixId} (${event.data.fixType}) for opportunity ${event.data.opportunityId}, on ${event.data.baseVersion}`;
  return undefined;
};

const describeCycle = (event: EventEnvelope): string | undefined => {
  if (isEvent(event, trainingStarted)) return `cycle ${event.data.cycleId} trains on ${event.data.exampleCount} examples from ${event.data.baseVersion}: ${event.data.trigger}, ${event.data.triggerReason}`;
  if (isEvent(event, trainingFailed)) return `training of cycle ${event.data.cycleId} failed: ${event.data.reason}`;
  if (isEvent(event, candidateRegistered)) return `candidate ${event.data.version} is made in ${event.data.trainingSeconds.toFixed(1)} s`;
  if (isEvent(event, candidateJudged)) return `candidate ${event.data.version} ${event.data.outcome === 'passed' ? 'passed its gates' : `did not pass its gates (${event.data.outcome})`}: ${event.data.message}`;
  if (isEvent(event, rolloutAdvanced)) return `rollout of ${event.data.version}: ${event.data.from} -> ${event.data.to} at ${percent(event.data.share)} (${event.data.actor}): ${event.data.reason}`;
  if (isEvent(event, versionPromoted)) return `PROMOTED ${event.data.version} in place of ${event.data.previousVersion} (${event.data.actor}): ${event.data.reason}`;
  if (isEvent(event, versionRolledBack)) return `ROLLED BACK ${event.data.version} to ${event.data.previousVersion} at stage ${event.data.stage} (${event.data.actor}): ${event.data.reason}`;
  if (isEvent(event, versionPublished)) return `version ${event.data.versionId} of ${event.data.model}/${event.data.workload}: ${event.data.bundle.provider.model} at ${event.data.bundle.provider.name}`;
  if (isEvent(event, commandIssued)) return `${event.data.actor} orders ${event.data.name}: ${event.data.reason}`;
  return undefined;
};

/** What an event says, in one line. */
export const describeEvent = (event: EventEnvelope): string => describeSource(event) ?? describeCycle(event) ?? event.type;

/** How far the trace got. */
export const conclusionOf = (events: readonly EventEnvelope[]): string => {
  const promoted = events.findLast((event) => isEvent(event, versionPromoted));
  if (promoted && isEvent(promoted, versionPromoted)) return `fixed by ${promoted.data.version}, promoted ${promoted.data.promotedAt}`;
  const last = events.at(-1);
  return `no promotion yet; the last that is known: ${last ? describeEvent(last) : 'nothing'}`;
};
