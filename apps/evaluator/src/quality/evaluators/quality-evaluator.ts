import { queryOf } from '@ratchet/domain';
import type { Bundle, Interaction, QualityEvaluated } from '@ratchet/domain';

export type QualityScore = QualityEvaluated['scores'][number];
export type EvaluatorName = QualityScore['evaluator'];
export type JudgeIdentity = NonNullable<QualityScore['judge']>;

export const evaluatorNames = ['relevance', 'factuality', 'safety', 'format'] as const satisfies readonly EvaluatorName[];

/** What evaluators see of one interaction that was answered. */
export interface Exchange {
  readonly workload: string;
  readonly query: string;
  readonly response: string;
  readonly finishReason?: string | undefined;
  /** Texts that the answer was to rest on: what was retrieved for it, else the version's knowledge. */
  readonly context: readonly string[];
  /** Texts that are known to the version besides, such as its instructions. */
  readonly instructions: readonly string[];
}

export interface Finding {
  /** 0 to 1. */
  readonly score: number;
  readonly explanation: string;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly costUsd?: number;
}

/** No score is better than an invented one: an evaluator that cannot tell says why. */
export interface Off {
  readonly off: string;
}

/** Scores one exchange; rules and model judges alike. */
export interface QualityEvaluator {
  readonly name: EvaluatorName;
  /** Absent for rules. */
  readonly judge?: JudgeIdentity;
  evaluate(exchange: Exchange, signal?: AbortSignal): Promise<Finding | Off>;
}

export const isOff = (evaluation: Finding | Off): evaluation is Off => 'off' in evaluation;

/** The name under which a stream of scores is sampled and watched. */
export const streamOf = ({ name, judge }: Pick<QualityEvaluator, 'name' | 'judge'>): string => (judge ? `${name}:judge` : name);

const CONTEXT_ROLES = new Set(['context', 'tool', 'function', 'document', 'retrieval']);
const CONTEXT_ATTRIBUTES = ['context', 'retrieved_context', 'retrieval.context'];

const retrievedIn = ({ input, attributes = {} }: Interaction): string[] => [
  ...input.filter(({ role }) => CONTEXT_ROLES.has(role)).map(({ content }) => content),
  ...CONTEXT_ATTRIBUTES.map((name) => attributes[name]).filter((value) => typeof value === 'string'),
].filter((text) => text.trim() !== '');

// A bundle is immutable and can hold thousands of entries: its texts are put together once for as long as its object lives.
const knowledgeByBundle = new WeakMap<Bundle, readonly string[]>();

const knowledgeOf = (bundle: Bundle): readonly string[] => {
  const known = knowledgeByBundle.get(bundle) ?? (bundle.knowledge ?? []).map(({ title, text }) => `${title}. ${text}`);
  knowledgeByBundle.set(bundle, known);
  return known;
};

/** Undefined where there was no answer: errors are counted elsewhere. */
export const exchangeOf = (interaction: Interaction, bundle: Bundle | undefined): Exchange | undefined => {
  if (interaction.output === null) return undefined;
  const retrieved = retrievedIn(interaction);
  return {
    workload: interaction.workload,
    query: queryOf(interaction),
    response: interaction.output.content,
    finishReason: interaction.output.finishReason,
    context: retrieved.length > 0 ? retrieved : bundle ? knowledgeOf(bundle) : [],
    instructions: [bundle?.systemPrompt ?? '', ...interaction.input.filter(({ role }) => role === 'system').map(({ content }) => content)].filter((text) => text !== ''),
  };
};
