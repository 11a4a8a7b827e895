import { createHash } from 'node:crypto';
import type { ConversationsConfig } from './conversations-config.js';

const HASHES = 2 ** 32;

/** Whether the turns of a conversation are kept: all of them or none, as every instance of the console finds. */
export const isKept = ({ workload, conversationId }: { readonly workload: string; readonly conversationId: string }, { share, workloads }: Pick<ConversationsConfig, 'share' | 'workloads'>): boolean => {
  const kept = (Object.hasOwn(workloads, workload) ? workloads[workload]?.share : undefined) ?? share;
  if (kept === 0 || kept === 1) return kept === 1;
  return createHash('sha256').update(`console conversation\u0000${conversationId}`).digest().readUInt32BE() / HASHES < kept;
};
