import { Worker, type WorkerOptions } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { TrainingOutcome, TrainingProgress, TrainingTask } from './training-task.js';

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'done'; readonly outcome: TrainingOutcome }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export type TrainingResult =
  | { readonly status: 'succeeded'; readonly outcome: TrainingOutcome }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'stopped' };

export interface RunningTraining {
  readonly result: Promise<TrainingResult>;
  stop(): Promise<void>;
}

/** Runs a training in a thread of its own, so that serving goes on at full speed beside it. */
@Injectable()
export class WorkerTrainer {
  protected readonly script: URL = new URL('./training.worker.js', import.meta.url);
  protected readonly execArgv: WorkerOptions['execArgv'] = undefined;

  start(task: TrainingTask, onProgress: (progress: TrainingProgress) => void): RunningTraining {
    const worker = new Worker(this.script, { workerData: task, ...(this.execArgv !== undefined && { execArgv: this.execArgv }) });
    let stopped = false;
    const result = new Promise<TrainingResult>((resolve) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === 'done') resolve({ status: 'succeeded', outcome: message.outcome });
        else resolve({ status: 'failed', code: message.code, message: message.message });
      });
      worker.on('error', (error: Error) => resolve({ status: 'failed', code: 'training_failed', message: error.message }));
      worker.on('exit', () => resolve(stopped ? { status: 'stopped' } : { status: 'failed', code: 'training_failed', message: 'The training thread ended without a result.' }));
    });
    const stop = async (): Promise<void> => {
      stopped = true;
      await worker.terminate();
    };
    return { result, stop };
  }
}
