import { setTimeout as delay } from 'node:timers/promises';
import { hashOfFiles, programFiles } from '../training-data.js';
import type { TrainingData } from '../training-data.js';
import type { RunHandle, TrainerBackend, TrainingOrder, TrainingRun } from './trainer-backend.js';

/** The twin of a trainer for tests: a run goes on until the test finishes it. */
export class InMemoryBackend implements TrainerBackend {
  readonly backend = 'command';
  readonly orders: TrainingOrder[] = [];
  readonly tidied: string[] = [];
  /** Whatever calls of `start` are to throw, one after the other, and whether the run began all the same. */
  readonly faults: { readonly error: Error; readonly begins: boolean }[] = [];
  private readonly runs = new Map<string, TrainingRun>();

  hashOf(data: TrainingData): string {
    return hashOfFiles(programFiles(data));
  }

  async start(order: TrainingOrder): Promise<void> {
    const fault = this.faults.shift();
    if (fault && !fault.begins) throw fault.error;
    if (!this.runs.has(order.cycleId)) {
      this.orders.push(order);
      this.runs.set(order.cycleId, { status: 'running' });
    }
    if (fault) throw fault.error;
  }

  async look({ cycleId }: RunHandle): Promise<TrainingRun> {
    return this.runs.get(cycleId) ?? { status: 'absent' };
  }

  async untilChanged(_run: RunHandle, { signal }: { signal: AbortSignal }): Promise<void> {
    await delay(1, undefined, { signal });
  }

  async cancel(run: RunHandle): Promise<boolean> {
    if ((await this.look(run)).status === 'running') this.finish(run.cycleId, { status: 'failed', code: 'cancelled', reason: 'cancelled', dataAtFault: false });
    return true;
  }

  async logs({ cycleId }: RunHandle): Promise<string> {
    return this.runs.has(cycleId) ? `log of ${cycleId}` : '';
  }

  async tidy({ cycleId }: RunHandle): Promise<void> {
    this.tidied.push(cycleId);
  }

  /** Sets where a run is. */
  finish(cycleId: string, run: TrainingRun): void {
    this.runs.set(cycleId, run);
  }
}
