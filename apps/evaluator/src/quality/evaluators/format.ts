import { compileFormatRule, readJson } from './format-rules.js';
import type { FormatCheck, QualityRules } from './format-rules.js';
import type { Exchange, Finding, QualityEvaluator } from './quality-evaluator.js';

const asksForJson = (query: string): boolean => /\b(?:as|in|return|valid|only) (?:a )?(?:valid )?json\b|\bjson (?:only|object|array|format)\b/iu.test(query);

/** Whether the answer has the form that its workload's rules, or the user, ask for: 1, 0.5 where it is flawed, 0 where it is broken. */
export class FormatChecks implements QualityEvaluator {
  readonly name = 'format';
  private readonly checks: ReadonlyMap<string, FormatCheck>;

  constructor(private readonly settings: { readonly answerMaxChars: number; readonly rules: QualityRules }) {
    this.checks = new Map(Object.entries(settings.rules).map(([workload, rule]) => [workload, compileFormatRule(rule)]));
  }

  async evaluate({ workload, query, response, finishReason }: Exchange): Promise<Finding> {
    if (response.trim() === '') return { score: 0, explanation: 'the answer is empty' };
    const check = this.checks.get(workload) ?? this.checks.get('*');
    const { broken, flawed } = check?.(response) ?? { broken: [], flawed: [] };
    if (broken.length > 0) return { score: 0, explanation: broken.join('; ') };
    if (asksForJson(query) && !readJson(response)) return { score: 0, explanation: 'JSON was asked for, and the answer is none' };
    const { answerMaxChars } = this.settings;
    const problems = [
      ...flawed,
      ...(finishReason === 'length' ? ['the answer was cut off'] : []),
      ...(response.length > answerMaxChars ? [`the answer is longer than ${answerMaxChars} characters`] : []),
      ...((response.match(/```/gu) ?? []).length % 2 === 1 ? ['a code block is not closed'] : []),
    ];
    return problems.length === 0 ? { score: 1, explanation: 'no format problem found' } : { score: 0.5, explanation: problems.join('; ') };
  }
}
