import { type ChainName, chains, type Published } from './published.js';

interface TopicChain {
  readonly records: number;
  /** Hash of the last record; note it elsewhere, and nothing before it can be changed or cut off unseen. */
  readonly head: string | null;
}

export interface TopicVerdict extends Readonly<Record<ChainName, TopicChain>> {
  readonly valid: boolean;
  /** Of cycles, as before there was a second chain. */
  readonly records: number;
  readonly head: string | null;
  readonly anchors: number;
  readonly problem?: string;
}

/** Judges both chains and the anchors of a topic that was read to its end. */
export const verifyTopic = (published: Published): TopicVerdict => {
  const problem = published.problemOfWhole();
  const [cycles, decisions] = chains.map((chain): TopicChain => ({ records: published.hashes[chain].last, head: published.hashes[chain].at(published.hashes[chain].last) ?? null })) as [TopicChain, TopicChain];
  return { valid: problem === undefined, ...cycles, cycles, decisions, anchors: published.anchors, ...(problem !== undefined && { problem }) };
};
