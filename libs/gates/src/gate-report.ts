/** The gates, in the order in which they are reported. */
export const GATE_NAMES = [
  'target_improvement',
  'no_regression',
  'safety_pass',
  'latency_acceptable',
  'cost_acceptable',
] as const;

/** One of {@link GATE_NAMES}. */
export type GateName = (typeof GATE_NAMES)[number];

/**
 * `passed` and `failed` are supported by the evidence, `insufficient` is the lack of it, and `needs_human` is a gain
 * that was observed but is not proven (or must not pass by itself).
 */
export type GateVerdict = 'passed' | 'failed' | 'insufficient' | 'needs_human';

/** Verdict on the whole candidate. */
export type GateOutcome = 'passed' | 'failed' | 'insufficient';

/** One category of the general suite. */
export interface CategoryResult {
  category: string;
  /** Pairs with both scores. */
  n: number;
  /** Mean scores, from 0 to 1. */
  old: number;
  new: number;
  difference: number;
  /** One-sided half-width of the difference at the configured confidence. */
  halfWidth: number;
  /** p-value, after Holm, of the harm beyond the floor; small means harmed. */
  pHarm: number;
  harmed: boolean;
  /** Harm is significant by itself, but not among so many categories: look at it. */
  suspect: boolean;
  /** Too small, or too changed, to be proven unharmed by itself; watch it in the rollout. */
  thin: boolean;
}

/** What one gate found. */
export interface GateResult {
  name: GateName;
  required: boolean;
  verdict: GateVerdict;
  /** The measured quantity that the threshold is for: a gain, a ratio or a rate. Null where nothing could be measured. */
  value: number | null;
  /** Distance from the value to its one-sided bound on the side of the threshold's proof. */
  halfWidth: number | null;
  /** Items that the value rests on. */
  n: number;
  /** Items of the gate's suite without a usable measurement. */
  missing: number;
  threshold: number;
  message: string;
  /** The categories of the general suite, most harmed first; only on `no_regression`. */
  categories?: CategoryResult[];
}

/** The verdict on a candidate with all that it rests on. */
export interface GateReport {
  outcome: GateOutcome;
  /** One sentence for people. */
  summary: string;
  gates: GateResult[];
}

/** A gate's finding before it is known whether the gate is required. */
export type GateFinding = Omit<GateResult, 'name' | 'required'>;

/**
 * The outcome of a candidate: failed if a required gate failed, insufficient if a required gate could not tell or waits
 * for a person, else passed.
 */
export const overallOutcome = (gates: readonly Pick<GateResult, 'required' | 'verdict'>[]): GateOutcome => {
  const required = gates.filter((gate) => gate.required);
  if (required.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return required.every(({ verdict }) => verdict === 'passed') ? 'passed' : 'insufficient';
};

/** The sentence that sums a report up: the outcome, and the required gates that kept it from passing. */
export const summarise = (outcome: GateOutcome, gates: readonly GateResult[]): string => {
  const open = gates.filter(({ required, verdict }) => required && verdict !== 'passed');
  if (open.length === 0) return 'All required gates passed.';
  const reasons = open.map(({ name, verdict }) => `${name}: ${verdict}`).join(', ');
  return outcome === 'failed' ? `The candidate failed (${reasons}).` : `There is not enough evidence yet (${reasons}).`;
};
