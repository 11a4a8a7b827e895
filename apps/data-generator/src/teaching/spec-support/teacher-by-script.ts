import { InMemoryTeacherClient } from '@ratchet/providers';
import { BudgetedTeacher, InMemoryLedger, type BudgetedTeacherOptions } from '@ratchet/spending';
import { Teacher, type TeachingStop } from '../teacher.js';

export type Script = Partial<Record<string, (input: never, times: number) => unknown>>;

export interface ScriptedTeaching {
  readonly teacher: Teacher;
  readonly client: InMemoryTeacherClient;
  readonly stops: TeachingStop[];
  /** Kinds of what was asked, in order. */
  readonly asked: () => string[];
}

/** A teacher that answers each kind of question by a function of its input; a function may throw what a provider would. */
export const teacherByScript = (script: Script, options: Partial<BudgetedTeacherOptions> = {}): ScriptedTeaching => {
  const times = new Map<string, number>();
  const client = new InMemoryTeacherClient(({ schemaName, input }) => {
    times.set(schemaName, (times.get(schemaName) ?? 0) + 1);
    const answer = script[schemaName];
    if (!answer) throw new Error(`the script has no answer for ${schemaName}`);
    return answer(JSON.parse(input) as never, times.get(schemaName) ?? 1);
  });
  const account = { component: 'data_generation' as const, model: 'm', workload: 'w', runId: 'r' };
  const ledger = new InMemoryLedger();
  const paid = new BudgetedTeacher({ client, ledger, account, limits: { runUsd: null, monthUsd: null }, price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 }, ...options });
  const stops: TeachingStop[] = [];
  const teacher = new Teacher({ paid, totals: () => ledger.totals(account), onStop: async (stop) => void stops.push(stop) });
  return { teacher, client, stops, asked: () => client.requests.map(({ schemaName }) => schemaName) };
};

/** Lets every pair pass. */
export const allFit = ({ pairs }: { pairs: readonly unknown[] }): unknown => ({ verdicts: pairs.map(() => ({ fits: true, confidence: 0.95, reason: '' })) });
