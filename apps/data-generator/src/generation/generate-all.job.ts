import { derivedId } from '@ratchet/observability';
import { listTargets } from '../persistence/opportunity.repository.js';
import { PROPOSE_FIXES_JOB, proposeFixesJobKey } from '../fixes/propose-fixes.job.js';
import { GENERATE_JOB, generateJobKey } from './generate.job.js';
import type { Database } from '@ratchet/persistence';
import type { Cron, Job } from '@ratchet/service';

const GENERATE_ALL_JOB = 'generate-all';

/** A scheduled run: late corrections and reviewers' decisions count even where no analysis asks for data. */
export class GenerateAllJob implements Job {
  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    readonly jobName: string,
    private readonly includes: (workload: string) => boolean,
  ) {}

  async run(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const targets = (await listTargets(tx)).filter(({ workload }) => this.includes(workload));
      for (const target of targets) {
        await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target) });
        await tx.enqueue(PROPOSE_FIXES_JOB, target, { key: proposeFixesJobKey(target) });
      }
    });
  }
}

/** One schedule for all workloads, and one for each that has its own; what was missed is caught up once. */
export const generationSchedules = ({ database, pattern, byWorkload }: { readonly database: Pick<Database, 'transaction'>; readonly pattern: string; readonly byWorkload: Readonly<Record<string, string>> }): { readonly jobs: readonly GenerateAllJob[]; readonly crons: readonly Cron[] } => {
  const schedules = [
    { cronName: 'scheduled-generation', pattern, job: new GenerateAllJob(database, GENERATE_ALL_JOB, (workload) => !Object.hasOwn(byWorkload, workload)) },
    ...Object.entries(byWorkload).map(([own, ownPattern]) => {
      // A workload's name may hold what a job's name does not.
      const id = derivedId('workload', own);
      return { cronName: `scheduled-generation-${id}`, pattern: ownPattern, job: new GenerateAllJob(database, `${GENERATE_ALL_JOB}-${id}`, (workload) => workload === own) };
    }),
  ];
  return { jobs: schedules.map(({ job }) => job), crons: schedules.map(({ cronName, pattern: at, job }) => ({ cronName, pattern: at, jobName: job.jobName })) };
};
