import { concludeReview, type Command, type ReviewConclusion, type ReviewDecision, type ReviewItem, type ReviewRefusal } from '@ratchet/domain';
import { storable } from '@ratchet/persistence';

export type ReviewCommand = Extract<Command, { name: `review.${string}` }>;

export interface CommandOutcome {
  readonly item: ReviewItem;
  readonly refusal?: ReviewRefusal;
  /** Set where this command was the one that decided. */
  readonly conclusion?: Exclude<ReviewConclusion, { state: 'waiting' }>;
}

const REFUSALS_KEPT = 5;
const WITHDRAWN_KEPT = 20;

export interface CommandTime {
  readonly now: Date;
  readonly claimMinutes: number;
  /** How long an approval can be taken back before a run may take it up. */
  readonly undoSeconds: number;
}

const decisionOf = (command: ReviewCommand, decidedAt: string): ReviewDecision => ({
  reviewer: command.actor,
  decision: command.name === 'review.approve' ? 'approve' : command.name === 'review.edit' ? 'edit' : 'reject',
  ...(command.name === 'review.edit' && { output: storable(command.output) }),
  reason: storable(command.reason),
  decidedAt,
  commandId: command.commandId,
});

/** What was accepted without a person may still be taken back by one. */
const isTakenBack = (item: ReviewItem, { name }: ReviewCommand): boolean => name === 'review.reject' && item.state === 'approved' && item.decisions.length === 0;

/** Only one's own decision can be taken back, and only before the answer is data that a model may have learned. */
const reopenRefusal = (item: ReviewItem, { actor }: ReviewCommand, isIssued: boolean): ReviewRefusal['code'] | undefined => {
  if (!item.decisions.some(({ reviewer }) => reviewer === actor)) return 'not_your_decision';
  // What was withdrawn had been accepted without a person: it has been in a dataset.
  return isIssued || item.state === 'withdrawn' ? 'in_dataset' : undefined;
};

const refusalCode = (item: ReviewItem, command: ReviewCommand, now: Date): ReviewRefusal['code'] | undefined => {
  if (item.state !== 'waiting' && !isTakenBack(item, command)) return 'already_decided';
  if (isHeld(item, command.actor, now)) return 'claimed_by_another';
  return command.name !== 'review.release' && item.decisions.some(({ reviewer }) => reviewer === command.actor) ? 'already_answered' : undefined;
};

const isHeld = ({ claim }: ReviewItem, actor: string, now: Date): boolean => claim !== undefined && claim.reviewer !== actor && Date.parse(claim.until) > now.getTime();

const withoutClaim = ({ claim: _, ...item }: ReviewItem): ReviewItem => item;
const withoutUndo = ({ undoUntil: _, ...item }: ReviewItem): ReviewItem => item;

const claimOf = (actor: string, { now, claimMinutes }: CommandTime): NonNullable<ReviewItem['claim']> => ({ reviewer: actor, until: new Date(now.getTime() + claimMinutes * 60_000).toISOString() });

/** Takes the actor's decision out; where the item waits again it is theirs, unless another has it. */
const reopen = (item: ReviewItem, command: ReviewCommand, time: CommandTime): CommandOutcome => {
  const own = item.decisions.filter(({ reviewer }) => reviewer === command.actor).map((decision) => ({ ...decision, withdrawnAt: time.now.toISOString(), withdrawnBecause: storable(command.reason), withdrawnBy: command.commandId }));
  const decisions = item.decisions.filter(({ reviewer }) => reviewer !== command.actor);
  const conclusion = concludeReview({ output: item.output, decisions, reviewersNeeded: item.reviewersNeeded ?? 1 });
  const withdrawn = [...(item.withdrawn ?? []), ...own].slice(-WITHDRAWN_KEPT);
  const base = withoutUndo({ ...item, decisions, withdrawn, state: conclusion.state });
  if (conclusion.state !== 'waiting') return settled(base, conclusion, time);
  return { item: isHeld(item, command.actor, time.now) ? base : { ...base, claim: claimOf(command.actor, time) } };
};

/** A decided item; an approval can be taken back for a while. */
const settled = (item: ReviewItem, conclusion: Exclude<ReviewConclusion, { state: 'waiting' }>, { now, undoSeconds }: CommandTime): CommandOutcome => ({
  item: { ...item, ...(conclusion.state === 'approved' && undoSeconds > 0 && { undoUntil: new Date(now.getTime() + undoSeconds * 1_000).toISOString() }) },
  conclusion,
});

/**
 * A reviewer's command on one item; what may not be is refused, and the refusal is kept on the item. `isIssued`: its approved answer is in a
 * dataset.
 */
export const applyReviewCommand = (item: ReviewItem, command: ReviewCommand, { isIssued, ...time }: CommandTime & { readonly isIssued: boolean }): CommandOutcome => {
  const at = time.now.toISOString();
  const code = command.name === 'review.reopen' ? reopenRefusal(item, command, isIssued) : refusalCode(item, command, time.now);
  if (code) {
    const refusal: ReviewRefusal = { reviewer: command.actor, command: command.name, code, refusedAt: at, commandId: command.commandId };
    return { item: { ...item, refusals: [...(item.refusals ?? []), refusal].slice(-REFUSALS_KEPT) }, refusal };
  }
  if (command.name === 'review.reopen') return reopen(item, command, time);
  const free = withoutClaim(item);
  if (command.name === 'review.claim') return { item: { ...item, claim: claimOf(command.actor, time) } };
  if (command.name === 'review.release') return { item: free };
  const decisions = [...item.decisions, decisionOf(command, at)];
  if (isTakenBack(item, command)) return { item: { ...free, decisions, state: 'withdrawn' }, conclusion: { state: 'rejected', reviewers: [command.actor] } };
  const conclusion = concludeReview({ output: item.output, decisions, reviewersNeeded: item.reviewersNeeded ?? 1 });
  return conclusion.state === 'waiting' ? { item: { ...free, decisions } } : settled({ ...free, decisions, state: conclusion.state }, conclusion, time);
};
