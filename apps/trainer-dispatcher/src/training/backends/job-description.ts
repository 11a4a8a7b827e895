import type { TrainingOrder } from './trainer-backend.js';
import { dataFileNames, programFiles } from '../training-data.js';
import type { DataFileName } from '../training-data.js';

/** Version of the form below; a program may refuse what it does not know. */
const FORMAT = 1;

export interface JobDescription {
  readonly format: number;
  readonly cycleId: string;
  readonly model: string;
  readonly workload: string;
  readonly baseVersion: string;
  /** The base model's id at its provider. */
  readonly baseModel: string;
  readonly provider: string;
  readonly seed: number;
  readonly settings: TrainingOrder['settings'];
  readonly counts: { readonly examples: number; readonly retention: number; readonly preferences: number };
  readonly files: readonly DataFileName[];
  readonly deadline: string;
}

/** `job.json`: all that a program has to know beside the data. */
export const jobDescription = (order: TrainingOrder): JobDescription => {
  const files = programFiles(order.data);
  return {
    format: FORMAT,
    cycleId: order.cycleId,
    ...order.target,
    baseVersion: order.baseVersion,
    baseModel: order.baseModel,
    provider: order.provider,
    seed: order.seed,
    settings: order.settings,
    counts: { examples: order.data.train.length, retention: order.data.retained.length, preferences: (files['preferences.jsonl'] ?? '').split('\n').filter(Boolean).length },
    files: dataFileNames.filter((name) => files[name] !== undefined),
    deadline: order.deadline.toISOString(),
  };
};
