import type { LossWindow } from '@ratchet/embedded-model';

const COLUMNS = ['step', 'train_loss', 'valid_loss', 'retention_loss', 'penalty'] as const;

/** The results of a job as OpenAI's file of results has them, with two columns of our own; what was not measured is empty. */
export function lossCsv(losses: readonly LossWindow[]): string {
  const rows = losses.map(({ step, trainLoss, retentionLoss, penalty }) => [step, trainLoss, undefined, retentionLoss, penalty].map((value) => value ?? '').join(','));
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`;
}
