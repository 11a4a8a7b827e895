import type { RolloutTerms } from '@ratchet/domain';

/** What a transition says of its rollout. */
export interface RolloutMove {
  readonly kind: 'advanced' | 'promoted' | 'rolledback';
  readonly sequence: number | null;
  readonly state: string;
  readonly stage: number;
  readonly share: number;
  readonly actor: string;
  readonly reason: string;
  readonly terms: RolloutTerms | null;
  /** Null where it was not told. */
  readonly needsPerson: boolean | null;
  readonly at: Date;
}

/** Where a rollout stands. */
export interface RolloutStanding {
  readonly state: string;
  readonly stage: number;
  readonly share: number;
  readonly sequence: number | null;
  readonly actor: string;
  readonly reason: string;
  readonly terms: RolloutTerms | null;
  /** Null where it was not told. */
  readonly needsPerson: boolean | null;
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly revertedAt: Date | null;
}

const over: ReadonlySet<string> = new Set(['ROLLED_BACK', 'PROMOTED', 'SUPERSEDED', 'CANCELLED']);
export const isOver = (state: string): boolean => over.has(state);

const isNewer = (move: RolloutMove, known: RolloutStanding): boolean =>
  move.sequence !== null && known.sequence !== null ? move.sequence > known.sequence : move.at.getTime() >= known.changedAt.getTime();

const standingOf = ({ state, stage, share, sequence, actor, reason, terms, needsPerson, at }: RolloutMove): RolloutStanding => ({
  state, stage, share, sequence, actor, reason, terms, needsPerson, startedAt: at, changedAt: at, revertedAt: null,
});

/** Where a rollout stands after one more of its transitions, in whatever order they come. A promotion that is undone later stays a promotion. */
export const followRollout = (known: RolloutStanding | undefined, move: RolloutMove): RolloutStanding => {
  if (!known) return standingOf(move);
  const startedAt = move.at < known.startedAt ? move.at : known.startedAt;
  const terms = isNewer(move, known) ? (move.terms ?? known.terms) : (known.terms ?? move.terms);
  if (move.kind === 'rolledback' && known.state === 'PROMOTED') return { ...known, startedAt, revertedAt: move.at };
  const wasUndone = move.kind === 'promoted' && known.state === 'ROLLED_BACK';
  if (wasUndone) return { ...standingOf(move), startedAt, terms, revertedAt: known.changedAt };
  if (!isNewer(move, known)) return { ...known, startedAt, terms };
  return { ...standingOf(move), startedAt, terms, revertedAt: known.revertedAt };
};
