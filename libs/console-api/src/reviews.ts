import type { reviewDecisionSchema} from '@ratchet/domain';
import { exampleSourceSchema, reviewItemSchema } from '@ratchet/domain';
import { z } from 'zod';
import { nameField, pagingFields } from './query-fields.js';

const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ offset: true });

export const reviewStateSchema = reviewItemSchema.shape.state;
/** `available`: what the one who asks could take up now, or has; `mine`: what they hold; `unclaimed`: what nobody holds. */
export const reviewHolderSchema = z.enum(['anyone', 'available', 'mine', 'unclaimed']);

const bound = z.coerce.number().min(0).max(1).optional();
export const reviewsQuerySchema = z.object({
  state: reviewStateSchema.default('waiting'),
  model: nameField.optional(),
  workload: nameField.optional(),
  opportunity: nameField.optional(),
  source: exampleSourceSchema.optional(),
  /** Where either is given, the list is ordered by confidence, the highest first. */
  confidenceFrom: bound,
  confidenceTo: bound,
  holder: reviewHolderSchema.default('anyone'),
  ...pagingFields,
});
export type ReviewsQuery = z.infer<typeof reviewsQuerySchema>;

/** An item as its reader may see it. */
export const shownReviewSchema = reviewItemSchema.extend({
  /** Decisions that are not told: where two are needed, each decides without knowing what the other said. */
  hiddenDecisions: count,
  changedAt: instant,
});
export type ShownReview = z.infer<typeof shownReviewSchema>;

export const reviewsPageSchema = z.object({ items: z.array(shownReviewSchema), next: z.string().nullable() });

/** Ids with commas between: what became of these. Those that are gone are missing. */
export const reviewsByIdQuerySchema = z.object({ ids: z.string().min(1).max(20_000) });
export const reviewsByIdSchema = z.object({ items: z.array(shownReviewSchema) });

export const reviewAgreementSchema = z.object({
  /** Items that two reviewers decided on. */
  n: count,
  observed: z.number().nullable(),
  /** Cohen's kappa with its 95 % interval; null where nothing can be said. */
  kappa: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
});
export type ReviewAgreement = z.infer<typeof reviewAgreementSchema>;

export const reviewProgressSchema = z.object({
  targets: z.array(z.object({ model: z.string(), workload: z.string(), waiting: count, approved: count, rejected: count, withdrawn: count, agreement: reviewAgreementSchema })),
  /** Over all targets. */
  agreement: reviewAgreementSchema,
  /** Of the one who asks, since midnight UTC, by what they decided. */
  mine: z.object({ approve: count, edit: count, reject: count, claimed: count }),
  /** Who holds how much, and until when at the latest. */
  claims: z.array(z.object({ reviewer: z.string(), items: count, until: instant })),
});
export type ReviewProgress = z.infer<typeof reviewProgressSchema>;
export type ReviewTargetProgress = ReviewProgress['targets'][number];

export const erasuresQuerySchema = z.object({ after: reviewsQuerySchema.shape.after, limit: reviewsQuerySchema.shape.limit });
export type ErasuresQuery = z.infer<typeof erasuresQuerySchema>;
export const erasuresPageSchema = z.object({
  erasures: z.array(z.object({ erasureId: z.string(), model: z.string(), workload: z.string(), report: z.record(z.string(), z.unknown()), completedAt: instant })),
  next: z.string().nullable(),
});

export type ReviewDecisionKind = z.infer<typeof reviewDecisionSchema>['decision'];
