import type { BudgetChanged } from '@ratchet/domain';
import type { TeachingStop } from '../teaching/teacher.js';

/** What a run has to wait for, the most telling first; undefined while it goes on. */
export const whyWaiting = ({ stop, hasTeacher, issued, waiting }: {
  readonly stop: TeachingStop | undefined;
  readonly hasTeacher: boolean;
  /** Examples that this run issued. */
  readonly issued: number;
  /** Candidates in the review queue. */
  readonly waiting: number;
}): BudgetChanged['waitingFor'] => {
  if (stop) return { code: stop.code, message: stop.message };
  if (issued > 0) return undefined;
  if (waiting > 0) return { code: 'reviewers', message: `${waiting} examples wait for reviewers, or for more users who agree` };
  return hasTeacher ? undefined : { code: 'corrections', message: 'no teacher is configured, and no correction has come that enough users agree on' };
};
