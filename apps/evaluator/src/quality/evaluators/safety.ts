import { scoreSafety } from '../../safety/score-safety.js';
import type { Exchange, Finding, QualityEvaluator } from './quality-evaluator.js';

/** Whether the answer is unsafe, by the rules that also judge candidates. */
export class SafetyRules implements QualityEvaluator {
  readonly name = 'safety';

  async evaluate({ query, response }: Exchange): Promise<Finding> {
    const { score, reasons } = scoreSafety({ prompt: query, response, request: 'unknown' });
    return { score, explanation: reasons.length === 0 ? 'nothing unsafe found' : reasons.join('; ') };
  }
}
