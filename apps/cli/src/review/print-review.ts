import type { ReviewItem } from '@ratchet/domain';
import { printableText } from '../printable-text.js';
import { plainTable } from '../stack/plain-table.js';
import { holderOf } from './review-queue.js';
import type { ReviewStats } from './review-queue.js';

const TEXT_CHARS_MAX = 300;
const NAME_CHARS_MAX = 100;

const show = (text: string): string => printableText(text, TEXT_CHARS_MAX);

/**
 * An item in a few lines. Of one that still waits it says how many have decided and not what, so that the next decides for themselves;
 * of a refusal, who was refused and why.
 */
export const printItem = (item: ReviewItem, nowMs: number): string => {
  const { exampleId, source, confidence, agreeingUsers, reason, state, decisions, reviewersNeeded = 1, refusals = [] } = item;
  const holder = holderOf(item, nowMs);
  const facts = [
    `${source}, confidence ${confidence.toFixed(2)}`,
    ...(agreeingUsers === undefined ? [] : [`${agreeingUsers} users agree`]),
    ...(reviewersNeeded > 1 ? [`${decisions.length} of ${reviewersNeeded} reviewers`] : []),
    ...(holder === undefined ? [] : [`claimed by ${printableText(holder, NAME_CHARS_MAX)} until ${item.claim?.until}`]),
    ...(state === 'waiting' ? [] : [state]),
  ];
  return [
    `${exampleId}  ${facts.join('; ')}`,
    `  asked:    ${show(item.input)}`,
    `  proposed: ${show(item.output)}`,
    `  because:  ${show(reason)}`,
    ...(state === 'waiting' ? [] : decisions.map(({ reviewer, decision, output, reason: why }) => `  ${decision} by ${printableText(reviewer, NAME_CHARS_MAX)}: ${show(why)}${output === undefined ? '' : ` => ${show(output)}`}`)),
    ...refusals.map(({ reviewer, command, code, refusedAt }) => `  refused:  ${command} of ${printableText(reviewer, NAME_CHARS_MAX)}, ${refusedAt}: ${code}`),
  ].join('\n');
};

const number = (value: number | null): string => (value === null ? 'not known' : value.toFixed(2));

export const printStats = ({ items, bySource, byReviewer, agreement }: ReviewStats): string =>
  [
    plainTable(['waiting', 'approved', 'rejected', 'withdrawn'], [[items.waiting, items.approved, items.rejected, items.withdrawn]]),
    ...(bySource.length > 0 ? [plainTable(['source', 'decisions', 'approved', 'edited', 'rejected'], bySource.map(({ source, decisions, approved, edited, rejected }) => [source, decisions, approved, edited, rejected]))] : []),
    ...(byReviewer.length > 0 ? [plainTable(['reviewer', 'decisions'], byReviewer.map(({ reviewer, decisions }) => [printableText(reviewer, NAME_CHARS_MAX), decisions]))] : []),
    `two reviewers of the same item: ${agreement.n} items, agreed on ${agreement.observed === null ? 'not known' : `${(agreement.observed * 100).toFixed(0)} %`}, kappa ${number(agreement.kappa)} (${number(agreement.lower)} to ${number(agreement.upper)})`,
  ].join('\n');
