export { type GateConfig, type GateConfigInput, gateConfigSchema } from './gate-config.js';
export {
  type CategoryResult,
  GATE_NAMES,
  type GateName,
  type GateOutcome,
  type GateReport,
  type GateResult,
  type GateVerdict,
  overallOutcome,
} from './gate-report.js';
export { judgeCandidate, type JudgementRequest } from './judge-candidate.js';
export { GateInputError, type ScoredItem, scoredItemSchema, type Suite, SUITES } from './scored-item.js';
