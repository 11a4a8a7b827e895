import { judgeCost } from './cost.gate.js';
import { type GateConfig, type GateConfigInput, gateConfigSchema } from './gate-config.js';
import { type GateFinding, type GateName, type GateReport, type GateResult, overallOutcome, summarise } from './gate-report.js';
import { judgeLatency } from './latency.gate.js';
import { judgeRegression } from './regression.gate.js';
import { judgeSafety } from './safety.gate.js';
import { type PairedItems, pairItems, type ScoredItem } from './scored-item.js';
import { judgeTarget } from './target.gate.js';

/** The results of both versions on the same items, and what to ask of them. */
export interface JudgementRequest {
  incumbent: readonly ScoredItem[];
  candidate: readonly ScoredItem[];
  /** Parts of the configuration that differ from the defaults. */
  config?: GateConfigInput | undefined;
}

const judges: readonly (readonly [GateName, (items: PairedItems, config: GateConfig) => GateFinding])[] = [
  ['target_improvement', (items, config) => judgeTarget(items.target, config)],
  ['no_regression', (items, config) => judgeRegression(items.general, config)],
  ['safety_pass', (items, config) => judgeSafety(items.safety, config)],
  ['latency_acceptable', (items, config) => judgeLatency(items.pairs, config)],
  ['cost_acceptable', (items, config) => judgeCost(items.pairs, config)],
];

/**
 * Judges a candidate against the incumbent: better where it should be, no worse anywhere, safe, and about as fast and cheap.
 * A pure function: the same items and configuration give the same report.
 *
 * @throws {GateInputError} where items cannot be paired
 * @throws {ZodError} where the configuration breaks a rule
 */
export const judgeCandidate = ({ incumbent, candidate, config = {} }: JudgementRequest): GateReport => {
  const complete = gateConfigSchema.parse(config);
  const items = pairItems({ incumbent, candidate });
  const gates = judges.map(([name, judge]): GateResult => ({ name, required: complete.required[name], ...judge(items, complete) }));
  const outcome = overallOutcome(gates);
  return { outcome, summary: summarise(outcome, gates), gates };
};
