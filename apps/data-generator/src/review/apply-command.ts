import { concludeReview, type Command, type ReviewConclusion, type ReviewDecision, type ReviewItem, type ReviewRefusal } from '@ratchet/domain';
import { storable } from '../persistence/storable.js';

export type ReviewCommand = Extract<Command, { name: `review.${string}` }>;

export interface CommandOutcome {
  readonly item: ReviewItem;
  readonly refusal?: ReviewRefusal;
  /** Set where this command was the one that decided. */
  readonly conclusion?: Exclude<ReviewConclusion, { state: 'waiting' }>;
}

const REFUSALS_KEPT = 5;

const decisionOf = (command: ReviewCommand, decidedAt: string): ReviewDecision => ({
  reviewer: command.actor,
  decision: command.name === 'review.approve' ? 'approve' : command.name === 'review.edit' ? 'edit' : 'reject',
  ...(command.name === 'review.edit' && { output: storable(command.output) }),
  reason: storable(command.reason),
  decidedAt,
});

/** What was accepted without a person may still be taken back by one. */
const isTakenBack = (item: ReviewItem, { name }: ReviewCommand): boolean => name === 'review.reject' && item.state === 'approved' && item.decisions.length === 0;

const refusalCode = (item: ReviewItem, command: ReviewCommand, now: Date): ReviewRefusal['code'] | undefined => {
  if (item.state !== 'waiting' && !isTakenBack(item, command)) return 'already_decided';
  const isHeld = item.claim !== undefined && item.claim.reviewer !== command.actor && Date.parse(item.claim.until) > now.getTime();
  if (isHeld) return 'claimed_by_another';
  return command.name !== 'review.release' && item.decisions.some(({ reviewer }) => reviewer === command.actor) ? 'already_answered' : undefined;
};

const withoutClaim = ({ claim: _, ...item }: ReviewItem): ReviewItem => item;

/** A reviewer's command on one item; what may not be is refused, and the refusal is kept on the item. */
export const applyReviewCommand = (item: ReviewItem, command: ReviewCommand, { now, claimMinutes }: { readonly now: Date; readonly claimMinutes: number }): CommandOutcome => {
  const at = now.toISOString();
  const code = refusalCode(item, command, now);
  if (code) {
    const refusal: ReviewRefusal = { reviewer: command.actor, command: command.name, code, refusedAt: at };
    return { item: { ...item, refusals: [...(item.refusals ?? []), refusal].slice(-REFUSALS_KEPT) }, refusal };
  }
  const free = withoutClaim(item);
  if (command.name === 'review.claim') return { item: { ...item, claim: { reviewer: command.actor, until: new Date(now.getTime() + claimMinutes * 60_000).toISOString() } } };
  if (command.name === 'review.release') return { item: free };
  const decisions = [...item.decisions, decisionOf(command, at)];
  if (isTakenBack(item, command)) return { item: { ...free, decisions, state: 'withdrawn' }, conclusion: { state: 'rejected', reviewers: [command.actor] } };
  const conclusion = concludeReview({ output: item.output, decisions, reviewersNeeded: item.reviewersNeeded ?? 1 });
  return { item: { ...free, decisions, state: conclusion.state }, ...(conclusion.state !== 'waiting' && { conclusion }) };
};
