import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hashOfFiles, programFiles } from '../../training-data.js';
import type { TrainingData } from '../../training-data.js';
import type { CommandTrainerConfig } from '../../trainers-config.js';
import { failureOfExit } from '../exit-codes.js';
import { jobDescription } from '../job-description.js';
import type { ProgramResult } from '../program-result.js';
import { TrainerError } from '../trainer-backend.js';
import type { RunFailure, RunHandle, TrainerBackend, TrainingOrder, TrainingRun, WaitOptions } from '../trainer-backend.js';
import { RunFolder } from './run-folder.js';
import type { Ended, Plan } from './supervise.js';

/** Beside this file: as source in tests, as built code else. */
const SUPERVISOR = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './supervise.ts' : './supervise.js', import.meta.url));
const CLAIM_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 50;
const HOUR_MS = 3_600_000;

/** A program of the team's own, in a folder of the run. It goes on when this process dies; whoever comes next finds it by the folder. */
export class CommandBackend implements TrainerBackend {
  readonly backend = 'command';

  constructor(
    private readonly config: CommandTrainerConfig,
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {}

  hashOf(data: TrainingData): string {
    return hashOfFiles(programFiles(data));
  }

  async start(order: TrainingOrder): Promise<void> {
    const folder = this.folderOf(order);
    if (folder.claim) return;
    if (!existsSync(this.config.program)) throw new TrainerError({ code: 'trainer_refused', message: `there is no program ${this.config.program}` });
    const started = new Date();
    await folder.prepare({ files: programFiles(order.data), job: jobDescription(order), plan: this.planOf(order) });
    const supervisor = spawn(process.execPath, [SUPERVISOR, folder.path], { cwd: folder.path, env: this.variables(), detached: true, stdio: 'ignore' });
    supervisor.on('error', () => undefined);
    supervisor.unref();
    // Two that start at once make two supervisors, of which one gets the claim.
    while (!folder.claim && !folder.ended) {
      if (Date.now() - started.getTime() > CLAIM_WITHIN_MS) throw new TrainerError({ code: 'trainer_unavailable', message: `no supervisor has taken the run in ${folder.path}`, retryable: true });
      await delay(LOOK_AGAIN_MS);
    }
  }

  async look(run: RunHandle): Promise<TrainingRun> {
    const folder = this.folderOf(run);
    if (!folder.claim) return { status: 'absent' };
    // Looked at before the record: a run that ends in between has written it.
    const { isAlive } = folder;
    const { ended } = folder;
    if (ended) return this.read(folder, ended);
    if (isAlive) return { status: 'running' };
    return this.readWithoutRecord(folder);
  }

  async untilChanged(run: RunHandle, { atMostMs, signal }: WaitOptions): Promise<void> {
    const folder = this.folderOf(run);
    const untilMs = Date.now() + atMostMs;
    while (Date.now() < untilMs && !folder.ended) await delay(Math.min(LOOK_AGAIN_MS * 5, atMostMs), undefined, { signal });
  }

  async cancel(run: RunHandle): Promise<boolean> {
    const folder = this.folderOf(run);
    if (!folder.isPrepared) return true;
    await folder.cancel();
    // Prepared and not claimed: a supervisor that was started by a process that died may still come, and then sees that it is cancelled.
    return folder.claim === undefined || folder.ended !== undefined || !folder.isAlive;
  }

  async logs(run: RunHandle): Promise<string> {
    return this.folderOf(run).logs();
  }

  async tidy(run: RunHandle): Promise<void> {
    await this.folderOf(run).tidy();
  }

  private folderOf({ cycleId }: RunHandle): RunFolder {
    return new RunFolder(join(this.config.folder, encodeURIComponent(cycleId).replaceAll('.', '%2E')));
  }

  private planOf({ deadline }: TrainingOrder): Plan {
    const { program, args, graceMs, logBytes, memoryMb, addressSpaceMb } = this.config;
    const limits = { deadlineMs: deadline.getTime(), graceMs, logBytes, ...(memoryMb !== undefined && { memoryMb }) };
    if (addressSpaceMb === undefined) return { program, args, ...limits };
    return { program: prlimit(this.environment), args: [`--as=${addressSpaceMb * 1_048_576}`, '--', program, ...args], ...limits };
  }

  private variables(): Record<string, string> {
    const allowed = this.config.env.flatMap((name) => (this.environment[name] === undefined ? [] : [[name, this.environment[name]] as [string, string]]));
    return { ...Object.fromEntries(allowed), ...this.config.set };
  }

  private async read(folder: RunFolder, ended: Ended): Promise<TrainingRun> {
    const cost = this.costOf(folder, ended.endedAtMs);
    const failed = (failure: RunFailure): TrainingRun => ({ status: 'failed', ...failure, ...cost });
    if (ended.why === 'not_started') return failed({ code: 'refused', reason: `the program could not be started: ${ended.message ?? 'unknown'}`, dataAtFault: false });
    if (ended.why === 'cancelled') return failed({ code: 'cancelled', reason: 'the program was ended', dataAtFault: false });
    if (ended.why === 'timed_out') return failed({ code: 'timed_out', reason: 'the program did not end in time', dataAtFault: false });
    if (ended.why === 'memory') return failed({ code: 'failed', reason: `the program used more than ${this.config.memoryMb} MB`, dataAtFault: false });
    const failure = failureOfExit(ended);
    if (failure) return failed(failure);
    const read = await folder.result();
    if ('problem' in read) return failed({ code: 'failed', reason: `result.json ${read.problem}`, dataAtFault: false });
    return { ...cost, ...(await this.succeeded(folder, read.result)) };
  }

  /** The supervisor was killed with no record: what the program has written decides. */
  private async readWithoutRecord(folder: RunFolder): Promise<TrainingRun> {
    const read = await folder.result();
    if ('result' in read) return this.succeeded(folder, read.result);
    return { status: 'failed', code: 'failed', reason: `the run was killed, and result.json ${read.problem}`, dataAtFault: false };
  }

  private async succeeded(folder: RunFolder, { model, metrics, costUsd, lossCurve = [] }: ProgramResult): Promise<TrainingRun> {
    const curve = lossCurve.length > 0 ? lossCurve : await folder.lossCurve();
    return { status: 'succeeded', model, metrics, ...(curve.length > 0 && { lossCurve: curve }), ...(costUsd !== undefined && { costUsd }) };
  }

  private costOf(folder: RunFolder, endedAtMs: number): { costUsd?: number } {
    const { usdPerHour } = this.config;
    const { claim } = folder;
    return usdPerHour === undefined || !claim ? {} : { costUsd: (usdPerHour * Math.max(0, endedAtMs - claim.claimedAtMs)) / HOUR_MS };
  }
}

const prlimit = (environment: NodeJS.ProcessEnv): string => {
  const found = (environment['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'prlimit')).find((path) => existsSync(path));
  if (found === undefined) throw new TrainerError({ code: 'trainer_refused', message: 'addressSpaceMb needs the program prlimit (util-linux), which is not in PATH' });
  return found;
};
