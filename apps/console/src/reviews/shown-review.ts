import type { ShownReview } from '@ratchet/console-api';
import type { ReviewItem } from '@ratchet/domain';

/**
 * An item as somebody may see it. While one that two reviewers are asked for waits, nothing of what others said goes out to those who have not
 * decided themselves.
 */
export const shownReview = (item: ReviewItem, { reader, changedAt }: { readonly reader: string; readonly changedAt: string }): ShownReview => {
  const { decisions, withdrawn, refusals, ...rest } = item;
  const isOwn = ({ reviewer }: { readonly reviewer: string }): boolean => reviewer === reader;
  const isBlind = item.state === 'waiting' && (item.reviewersNeeded ?? 1) > 1 && !decisions.some(isOwn);
  const toldWithdrawn = withdrawn?.filter((one) => !isBlind || isOwn(one));
  return {
    ...rest,
    decisions: isBlind ? [] : decisions,
    hiddenDecisions: isBlind ? decisions.length : 0,
    // What somebody was refused tells what they had said before.
    ...(refusals && { refusals: refusals.filter((one) => !isBlind || isOwn(one)) }),
    ...(toldWithdrawn && toldWithdrawn.length > 0 && { withdrawn: toldWithdrawn }),
    changedAt,
  };
};
