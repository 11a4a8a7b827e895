import { storable } from '@ratchet/persistence';
import type { DecisionRecord, Target } from '@ratchet/domain';

type Facts = DecisionRecord['before'];

export interface DecisionFacts extends Target {
  readonly decisionId: string;
  readonly cycleId?: string | undefined;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
  readonly body: object;
  readonly happenedAt: string;
  /** What the console knew of the thing before, where the decision does not tell it. */
  readonly known?: Facts;
}

const REASON_CHARS_MAX = 4_000;
const TEXT_CHARS_MAX = 1_000;

/** Fields that no user or model writes into; all others stay out of the chain, which nothing can be erased from. */
const plainFields = [
  'version', 'stage', 'share', 'evidence', 'outcome', 'awaits', 'metric', 'status', 'treatment', 'control', 'controlShare', 'alpha', 'margin', 'onWin', 'rolloutId', 'experimentId', 'opportunityId', 'rootCause', 'exampleId', 'userHash',
  'user', 'role', 'readOnly', 'tokenId', 'expiresAt', 'by', 'kind', 'period', 'hash',
];

const factsFrom = (body: Readonly<Record<string, unknown>>, names: readonly string[]): Facts => {
  const facts: Facts = {};
  for (const name of names) {
    const value = body[name];
    if (typeof value === 'string') facts[name] = value.slice(0, TEXT_CHARS_MAX);
    else if (typeof value === 'number' || typeof value === 'boolean') facts[name] = value;
  }
  return facts;
};

const without = (facts: Facts, ...names: string[]): Facts => Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));

/** What the decision found, and what it left. */
const changeOf = (kind: string, body: Readonly<Record<string, unknown>>): { before: Facts; after: Facts } => {
  const after = factsFrom(body, plainFields);
  const text = (name: string): string | null => (typeof body[name] === 'string' ? body[name].slice(0, TEXT_CHARS_MAX) : null);
  if (kind === 'rollout') return { before: { state: text('from') }, after: { ...after, state: text('to') } };
  if (kind === 'promotion') return { before: { champion: text('previousVersion') }, after: { ...without(after, 'version'), champion: text('version') } };
  if (kind === 'rollback') return { before: { candidate: text('version') }, after: { ...without(after, 'version'), champion: text('previousVersion') } };
  if (kind === 'access.role_changed') return { before: { role: text('before') }, after: { ...after, role: text('after') } };
  const { exampleIds } = body;
  return { before: {}, after: Array.isArray(exampleIds) ? { ...after, examples: exampleIds.length } : after };
};

/** The record of a decision, as the chain keeps and publishes it. */
export const decisionRecordOf = ({ decisionId, cycleId, kind, actor, reason, model, workload, body, happenedAt, known = {} }: DecisionFacts): DecisionRecord => {
  const { before, after } = changeOf(kind, body as Record<string, unknown>);
  return storable({
    decision_id: decisionId,
    kind: kind.slice(0, 200),
    actor: actor.slice(0, 500),
    reason: reason.slice(0, REASON_CHARS_MAX),
    model,
    workload,
    cycle_id: cycleId ?? null,
    before: { ...known, ...before },
    after,
    happened_at: happenedAt,
  });
};
