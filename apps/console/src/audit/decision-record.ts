import { storable } from '@ratchet/persistence';
import type { DecisionRecord, Target } from '@ratchet/domain';

export type Facts = DecisionRecord['before'];

interface DecisionCore extends Target {
  readonly decisionId: string;
  readonly cycleId?: string | undefined;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
  readonly happenedAt: string;
}

export interface DecisionFacts extends DecisionCore {
  readonly body: object;
  /** What the console knew of the thing before, where the decision does not tell it. */
  readonly known?: Facts;
}

/** A decision whose change is known: facts alone, as the chain takes them. */
export interface KnownChange extends DecisionCore {
  readonly before: Facts;
  readonly after: Facts;
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
  if (kind === 'access.user_disabled' || kind === 'access.user_enabled') return { before: { disabled: kind === 'access.user_enabled' }, after: { ...after, disabled: kind === 'access.user_disabled' } };
  if (kind === 'access.token_revoked') return { before: { valid: true }, after: { ...after, valid: false } };
  if (kind === 'automation.hold' || kind === 'automation.release') return { before: {}, after: { ...after, held: kind === 'automation.hold' } };
  const { exampleIds } = body;
  return { before: {}, after: Array.isArray(exampleIds) ? { ...after, examples: exampleIds.length } : after };
};

/** The record of a decision whose change is known, as the chain keeps and publishes it. */
export const changeRecordOf = ({ decisionId, cycleId, kind, actor, reason, model, workload, before, after, happenedAt }: KnownChange): DecisionRecord =>
  storable({
    decision_id: decisionId,
    kind: kind.slice(0, 200),
    actor: actor.slice(0, 500),
    reason: reason.slice(0, REASON_CHARS_MAX),
    model,
    workload,
    cycle_id: cycleId ?? null,
    before,
    after,
    happened_at: happenedAt,
  });

/** The same for one whose change is told by the fields of its event, command or line. */
export const decisionRecordOf = ({ body, known = {}, ...decision }: DecisionFacts): DecisionRecord => {
  const { before, after } = changeOf(decision.kind, body as Record<string, unknown>);
  return changeRecordOf({ ...decision, before: { ...known, ...before }, after });
};
