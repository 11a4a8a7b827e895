import { parentPort, workerData } from 'node:worker_threads';
import { runTrainingTask, type TrainingTask } from './training-task.js';
import type { WorkerMessage } from './worker-trainer.js';

// The whole thread is one training: it says how it goes and ends.
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

try {
  const outcome = await runTrainingTask(workerData as TrainingTask, (progress) => post({ kind: 'progress', progress }));
  post({ kind: 'done', outcome });
} catch (error) {
  const { code } = error as { code?: unknown };
  post({ kind: 'failed', code: typeof code === 'string' ? code : 'training_failed', message: error instanceof Error ? error.message : String(error) });
}
