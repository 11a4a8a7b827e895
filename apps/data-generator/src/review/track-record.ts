import type { Reviewable, ReviewRules } from './review-rules.js';

/** Decisions of reviewers; an edited item counts half to each side. */
export interface Tally {
  readonly approved: number;
  readonly rejected: number;
}

/** By origin. */
export type TrackRecord = ReadonlyMap<string, Tally>;

/** What a decision about a candidate is a decision about, too. */
export const originsOf = ({ source, strategyId, teacherPrompt }: Pick<Reviewable, 'source' | 'strategyId' | 'teacherPrompt'>): string[] => [
  `source:${source}`,
  ...(strategyId === undefined ? [] : [`strategy:${strategyId}`]),
  ...(teacherPrompt === undefined ? [] : [`prompt:${teacherPrompt}`]),
];

/**
 * Mean of the Beta posterior of approval, of the origin where it is lowest; and the factor for the confidence: that mean over the prior's,
 * never above 1. Without any decision the factor is 1.
 */
export const standingOf = (origins: readonly string[], record: TrackRecord, prior: ReviewRules['prior']): { approval: number; factor: number } => {
  const priorMean = prior.approved / (prior.approved + prior.rejected);
  const means = origins.flatMap((origin) => {
    const tally = record.get(origin);
    return tally ? [(prior.approved + tally.approved) / (prior.approved + prior.rejected + tally.approved + tally.rejected)] : [];
  });
  const approval = Math.min(...(means.length > 0 ? means : [priorMean]));
  return { approval, factor: Math.min(1, approval / priorMean) };
};
