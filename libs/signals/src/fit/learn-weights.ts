import type { SignalsConfigInput } from '../config.js';
import type { FailureWeights } from '../failure/failure-weights.js';
import { EXPLICIT_FEATURES } from '../failure/feature-names.js';
import { detectConversations } from '../log/detect-conversations.js';
import { groupByConversation, type LoggedEvent } from '../log/logged-conversation.js';
import { logLossOfRows, type Scored, thresholdForF1 } from './agreement.js';
import { compareWeights, type Comparison } from './compare-weights.js';
import { withoutFeedback } from './feedback-labels.js';
import { allTermsWeights, fitFailureWeights, type LabelledRow, partOf, probabilityOf } from './fit-weights.js';

/** A third of the conversations judges what the others taught. */
const PARTS = 3;
const FOLDS = 5;
/**
 * Inverse variances of the prior around the weights that are in use, from a standard deviation of 0.22 log-odds to one of 0.03; which of
 * them, the labels decide. The bias, which is the share of failures in the end, takes some sixty labels to move half of the way.
 */
const PULLS = [20, 80, 320, 1_280] as const;
const PULL_OF_BIAS = 10;
const PULL_THAT_KEEPS = 1e9;
/** F1 is flat near its top: within this much of it, the threshold stays as near to the old one as it can. */
const F1_SLACK = 0.012;

/** Fewer labels than these can neither teach nor judge. */
export const LABELS_MIN = { all: 50, ofEachKind: 10, ofEachKindHeldOut: 5 } as const;

export interface LearnRequest {
  readonly events: readonly LoggedEvent[];
  /** By interaction id; 1 is failed. */
  readonly labels: ReadonlyMap<string, 0 | 1>;
  readonly start: FailureWeights;
  readonly version: string;
  readonly source: string;
  readonly config: SignalsConfigInput;
  /** For labels that are no random sample: the share of failures in general stays as it was. */
  readonly keepBias: boolean;
}

export type Learnt =
  | { readonly outcome: 'insufficient'; readonly message: string }
  | { readonly outcome: 'better' | 'worse'; readonly weights: FailureWeights; readonly training: { readonly labels: number; readonly failures: number }; readonly comparison: Comparison };

/** The labelled interactions with all features that behaviour gives; what people said as feedback is left out of them. */
export const labelledRows = ({ events, labels, config }: Pick<LearnRequest, 'events' | 'labels' | 'config'>): LabelledRow[] =>
  detectConversations(groupByConversation(withoutFeedback(events)), { config, weights: allTermsWeights }).flatMap(({ interactionId, conversationId, terms }) => {
    const label = labels.get(interactionId);
    return label === undefined ? [] : [{ interactionId, conversationId, label, terms }];
  });

/** Teaches weights on two thirds of the conversations, and compares them with the old ones on the third that was held out. */
export const learnWeights = (request: LearnRequest): Learnt => {
  const rows = labelledRows(request);
  const heldOut = rows.filter(({ conversationId }) => partOf(conversationId, PARTS) === 0);
  const training = rows.filter(({ conversationId }) => partOf(conversationId, PARTS) !== 0);
  const message = tooFew(rows, { training, heldOut });
  if (message !== undefined) return { outcome: 'insufficient', message };
  const { start, version, source } = request;
  const failures = failuresIn(training);
  const { pull, threshold } = chosenBy(request, training);
  const weights = { ...start, version, ...fitted(request, training, pull), threshold, learntFrom: { labels: training.length, failures, source } };
  const comparison = compareWeights({ rows: heldOut, old: start, new: weights });
  return { outcome: comparison.worse === undefined ? 'better' : 'worse', weights, training: { labels: training.length, failures }, comparison };
};

const failuresIn = (rows: readonly LabelledRow[]): number => rows.reduce((sum, { label }) => sum + label, 0);

const tooFew = (rows: readonly LabelledRow[], { training, heldOut }: { training: readonly LabelledRow[]; heldOut: readonly LabelledRow[] }): string | undefined => {
  const { all, ofEachKind, ofEachKindHeldOut } = LABELS_MIN;
  const kinds = (part: readonly LabelledRow[]): number => Math.min(failuresIn(part), part.length - failuresIn(part));
  const counts = `${rows.length} labelled interactions, ${failuresIn(rows)} of them failed`;
  if (rows.length < all) return `${counts}: it takes ${all}`;
  if (kinds(training) < ofEachKind) return `${counts}: it takes ${ofEachKind} failed and ${ofEachKind} good ones to learn from, and there are ${failuresIn(training)} and ${training.length - failuresIn(training)}`;
  if (kinds(heldOut) < ofEachKindHeldOut) return `${counts}: it takes ${ofEachKindHeldOut} failed and ${ofEachKindHeldOut} good ones to judge by, and there are ${failuresIn(heldOut)} and ${heldOut.length - failuresIn(heldOut)}`;
  return undefined;
};

const fitted = ({ start, keepBias }: LearnRequest, rows: readonly LabelledRow[], pull: number): Pick<FailureWeights, 'bias' | 'fitted' | 'byHand'> =>
  fitFailureWeights({ rows, start, movable: (name) => !EXPLICIT_FEATURES.has(name) && !name.startsWith('feedback.'), pull: { terms: pull, bias: keepBias ? PULL_THAT_KEEPS : PULL_OF_BIAS } });

/** The pull with the least log loss, and the threshold, both by probabilities of rows that the weights behind them were not fitted on. */
const chosenBy = (request: LearnRequest, rows: readonly LabelledRow[]): { pull: number; threshold: number } => {
  const tried = PULLS.map((pull) => {
    const crossed = crossValidated(request, rows, pull);
    return { pull, crossed, logLoss: logLossOfRows(crossed) };
  });
  const best = tried.reduce((least, one) => (one.logLoss < least.logLoss ? one : least));
  return { pull: best.pull, threshold: thresholdForF1([best.crossed], { near: request.start.threshold, slack: F1_SLACK }) };
};

const crossValidated = (request: LearnRequest, rows: readonly LabelledRow[], pull: number): Scored[] =>
  Array.from({ length: FOLDS }, (_, fold) => {
    const isOut = ({ conversationId }: LabelledRow): boolean => partOf(`${conversationId}/fold`, FOLDS) === fold;
    const weights = { ...request.start, ...fitted(request, rows.filter((row) => !isOut(row)), pull) };
    return rows.filter(isOut).map((row) => ({ probability: probabilityOf(weights, row), label: row.label }));
  }).flat();
