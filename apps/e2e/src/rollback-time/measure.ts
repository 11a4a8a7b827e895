import { isEvent, decodeMessage, topicOf } from '@ratchet/contracts';
import type { EventDefinition } from '@ratchet/contracts';
import { feedbackGiven, interactionCompleted, routingChanged, versionRolledBack, vitalsCounted } from '@ratchet/domain';
import type { EventData, Target } from '@ratchet/domain';
import { readAll } from '@ratchet/testing';
import type { Fault } from './faults.js';

/** How long a rollback took, from what the topics say. */
export interface RollbackTime {
  readonly fault: Fault;
  readonly metric: string;
  /** From the fault to the evidence that rolled back: how much of it there must be is the test's business. */
  readonly untilEvidenceMs: number;
  /** From the append of that evidence to share 0 in the routing topic. */
  readonly untilRoutedMs: number;
  /** From there to the start of the last request that a gateway still gave the candidate; below 0 where it was before. */
  readonly untilNobodyMs: number;
  /** Requests that were given the candidate after share 0 was in the topic. */
  readonly assignedAfter: number;
  readonly candidateRequests: number;
}

interface Found<Data> {
  readonly data: Data;
  readonly timestampMs: number;
}



const find = async <Definition extends EventDefinition>(definition: Definition, holds: (data: EventData<Definition>) => boolean): Promise<Found<EventData<Definition>>[]> => {
  const { name } = topicOf(definition);
  return (await readAll(name)).flatMap((record) => {
    const decoded = decodeMessage(record, name);
    return decoded.ok && isEvent(decoded.event, definition) && holds(decoded.event.data) ? [{ data: decoded.event.data, timestampMs: record.timestampMs }] : [];
  });
};

/** Reads what a fault in the candidate of the target came to. `brokenAtMs`: when it began, by this machine's clock, which is the broker's. */
export const measureRollback = async (target: Target, { fault, brokenAtMs }: { fault: Fault; brokenAtMs: number }): Promise<RollbackTime> => {
  const ours = ({ model, workload }: Target): boolean => model === target.model && workload === target.workload;
  const [rolledBack] = await find(versionRolledBack, ours);
  const routed = (await find(routingChanged, ours)).find(({ data, timestampMs }) => data.share === 0 && timestampMs > brokenAtMs);
  if (!rolledBack || !routed) throw new Error(`${target.workload} was not rolled back`);
  const requests = (await find(interactionCompleted, ours)).filter(({ data }) => data.assignment?.arm === 'candidate');
  const after = requests.map(({ data }) => Date.parse(data.startedAt) - routed.timestampMs);
  const evidenceAtMs = await whenEvident(target, { fault, candidate: rolledBack.data.evidence.candidate, brokenAtMs, routedAtMs: routed.timestampMs, requests });
  return {
    fault,
    metric: rolledBack.data.metric,
    untilEvidenceMs: evidenceAtMs - brokenAtMs,
    untilRoutedMs: routed.timestampMs - evidenceAtMs,
    untilNobodyMs: Math.max(...after),
    assignedAfter: after.filter((ms) => ms > 0).length,
    candidateRequests: requests.length,
  };
};

interface EvidenceRequest {
  readonly fault: Fault;
  readonly candidate: { readonly errors: number; readonly unsafe: number };
  readonly brokenAtMs: number;
  readonly routedAtMs: number;
  readonly requests: readonly Found<{ readonly interactionId: string; readonly error?: unknown; readonly assignment?: { readonly fellBack?: boolean | undefined } | undefined }>[];
}

/** When the last event was appended that the decision counted. */
const whenEvident = async (target: Target, { fault, candidate, routedAtMs, requests }: EvidenceRequest): Promise<number> => {
  const nth = (found: readonly { timestampMs: number }[], n: number): number => [...found].sort((a, b) => a.timestampMs - b.timestampMs)[n - 1]?.timestampMs ?? Number.NaN;
  if (fault === 'errors') return nth(requests.filter(({ data }) => data.error !== undefined || data.assignment?.fellBack === true), candidate.errors);
  if (fault === 'unsafe') {
    const ids = new Set(requests.map(({ data }) => data.interactionId));
    return nth(await find(feedbackGiven, ({ name, interactionId }) => name === 'unsafe' && ids.has(interactionId ?? '')), candidate.unsafe);
  }
  // No count of the decision tells which request was the last: the newest that was counted by then.
  const counted = await find(vitalsCounted, ({ model, workload, arm }) => model === target.model && workload === target.workload && arm === 'candidate');
  return Math.max(...counted.filter(({ timestampMs }) => timestampMs <= routedAtMs).map(({ data }) => Date.parse(data.to)));
};
