import type { StepLosses } from './sgd-trainer.js';

/** Windows that a training is told in at most. */
export const LOSS_WINDOWS_MAX = 500;

/** Mean losses over some steps in a row. */
export interface LossWindow {
  /** The window's last step, from 1. */
  readonly step: number;
  /** Of the new examples; absent where the window had none. */
  readonly trainLoss?: number;
  /** Of retained examples; absent where the window had none. */
  readonly retentionLoss?: number;
  /** The elastic penalty of the rows that the steps touched; 0 without one. */
  readonly penalty: number;
}

interface Sums {
  step: number;
  steps: number;
  fresh: number;
  freshSamples: number;
  retained: number;
  retainedSamples: number;
  penalty: number;
}

const merged = (a: Sums, b: Sums): Sums => ({
  step: b.step,
  steps: a.steps + b.steps,
  fresh: a.fresh + b.fresh,
  freshSamples: a.freshSamples + b.freshSamples,
  retained: a.retained + b.retained,
  retainedSamples: a.retainedSamples + b.retainedSamples,
  penalty: a.penalty + b.penalty,
});

const windowOf = ({ step, steps, fresh, freshSamples, retained, retainedSamples, penalty }: Sums): LossWindow => ({
  step,
  ...(freshSamples > 0 && { trainLoss: fresh / freshSamples }),
  ...(retainedSamples > 0 && { retentionLoss: retained / retainedSamples }),
  penalty: penalty / steps,
});

/** Gathers the losses of steps in windows; when there are too many, each two become one, so that memory is bounded however long a training is. */
export class LossRecorder {
  private windows: Sums[] = [];
  private stepsPerWindow = 1;

  add({ step, fresh, retained, penalty }: StepLosses): void {
    const sums: Sums = { step, steps: 1, fresh: fresh.sum, freshSamples: fresh.samples, retained: retained.sum, retainedSamples: retained.samples, penalty };
    const last = this.windows.at(-1);
    if (last !== undefined && last.steps < this.stepsPerWindow) this.windows[this.windows.length - 1] = merged(last, sums);
    else this.windows.push(sums);
    if (this.windows.length > LOSS_WINDOWS_MAX) this.halve();
  }

  curve(): LossWindow[] {
    return this.windows.map(windowOf);
  }

  private halve(): void {
    const halved: Sums[] = [];
    for (let at = 0; at < this.windows.length; at += 2) {
      const [first, second] = [this.windows[at] as Sums, this.windows[at + 1]];
      halved.push(second === undefined ? first : merged(first, second));
    }
    this.windows = halved;
    this.stepsPerWindow *= 2;
  }
}
