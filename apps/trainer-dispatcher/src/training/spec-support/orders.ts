import type { Example } from '@ratchet/domain';
import type { RunHandle, RunMemory, TrainingOrder } from '../backends/trainer-backend.js';

export const example = (exampleId: string, change: Partial<Example> = {}): Example => ({
  exampleId, input: `question ${exampleId}`, output: `answer ${exampleId}`, source: 'user_correction', split: 'train', confidence: 0.9, lineage: { interactionIds: [] }, ...change,
});

/** A run with what it remembers, as a database would keep it. */
export interface RememberedRun {
  readonly order: TrainingOrder;
  memory(): RunMemory;
  /** As one that comes after a crash finds it. */
  again(): TrainingOrder;
}

export const orderOf = (cycleId: string, change: Partial<TrainingOrder> = {}): RememberedRun => {
  let memory: RunMemory = {};
  const remember = async (more: RunMemory): Promise<void> => {
    memory = { ...memory, ...more };
  };
  const order: TrainingOrder = {
    cycleId, memory, remember, target: { model: 'assistant', workload: 'support' }, baseVersion: 'v1-aaaa', baseModel: 'base@1', provider: 'vllm',
    data: { train: [example('a'), example('b', { rejectedOutput: 'wrong' })], retained: [example('old')] }, settings: { recipe: 'gentle', curriculum: false }, seed: 7, deadline: new Date(Date.now() + 60_000), ...change,
  };
  return { order, memory: () => memory, again: () => ({ ...order, memory }) };
};

export const handleOf = ({ again }: RememberedRun): RunHandle => again();
