import { createHash } from 'node:crypto';
import type { Cron } from '@ratchet/service';
import type { Config } from '../config.js';

export const ANALYZE_ALL_JOB = 'analyze-all';

type Schedule = Pick<Config, 'ANALYSIS_CRON' | 'ANALYSIS_CRON_WORKLOADS'>;

/** Workloads may be called anything; names of crons may not. */
const cronNameOf = (workload: string): string => `scheduled-analysis-${createHash('sha256').update(workload).digest('hex').slice(0, 12)}`;

/** One pattern for all targets, and one for each workload that has its own. */
export const analysisCrons = ({ ANALYSIS_CRON, ANALYSIS_CRON_WORKLOADS }: Schedule): Cron[] => [
  { cronName: 'scheduled-analysis', pattern: ANALYSIS_CRON, jobName: ANALYZE_ALL_JOB },
  ...Object.entries(ANALYSIS_CRON_WORKLOADS).map(([workload, pattern]) => ({ cronName: cronNameOf(workload), pattern, jobName: ANALYZE_ALL_JOB, payload: { workload } })),
];

/** Whether a scheduled run means this workload: its own schedule, or the common one where it has none. */
export const isMeant = (workload: string, { scheduled, schedules }: { scheduled: string | undefined; schedules: Schedule['ANALYSIS_CRON_WORKLOADS'] }): boolean =>
  scheduled === undefined ? !Object.hasOwn(schedules, workload) : workload === scheduled;
