import type { FeedbackReason, Signal } from '@ratchet/domain';

/** A failure as the analysis reads it: stored evidence of one interaction, late evidence joined. */
export interface Failure {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly userId?: string;
  readonly version: string;
  readonly query: string;
  readonly response: string;
  /** 0..1. */
  readonly severity: number;
  readonly signals: readonly Signal[];
  readonly reasons: readonly FeedbackReason[];
  readonly comments: readonly string[];
  readonly correction?: string;
  /** What the product said of the interaction. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** When its window closed. */
  readonly closedAtMs?: number;
  /** The opportunity that the last analysis put it in. */
  readonly opportunityId?: string;
}

/** Who counts as one user where the product sends no user id: the conversation. */
export const userOf = ({ userId, conversationId }: Pick<Failure, 'userId' | 'conversationId'>): string => (userId === undefined ? `conversation:${conversationId}` : `user:${userId}`);

export const affectedUsersOf = (failures: readonly Failure[]): number => new Set(failures.map(userOf)).size;
