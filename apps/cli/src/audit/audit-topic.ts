import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { auditRecorded, canonicalJson, verifyChain } from '@ratchet/domain';
import type { AuditRecorded, ChainVerdict } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { readEvents, type UnreadableRecord } from '../stack/read-topics.js';

/** What the audit topic holds. */
export interface AuditTopic {
  readonly records: readonly AuditRecorded[];
  /** Records that are no audit records; somebody else wrote them. */
  readonly foreign: readonly UnreadableRecord[];
}

/**
 * The chain's records in their order. Delivery is at least once, so the very same record may come twice and counts once; two
 * different ones in the same place are both kept, for the verification to find.
 */
export const inChainOrder = (events: readonly EventEnvelope[]): AuditRecorded[] => {
  const records = new Map<string, AuditRecorded>();
  for (const event of events) if (isEvent(event, auditRecorded)) records.set(canonicalJson(event.data), event.data);
  return [...records.values()].sort((a, b) => a.sequence - b.sequence);
};

export const readAuditTopic = async (kafka: KafkaClient): Promise<AuditTopic> => {
  const events: EventEnvelope[] = [];
  const foreign = await readEvents({ kafka, topics: [topics.audit.name], onEvent: (event) => events.push(event) });
  return { records: inChainOrder(events), foreign };
};

export interface AuditVerdict {
  readonly valid: boolean;
  readonly records: number;
  /** Hash of the last record; note it elsewhere, and nothing before it can be changed or cut off unseen. */
  readonly head?: string;
  readonly problem?: string;
}

/**
 * Verifies the chain.
 *
 * @param noted a head that was noted at an earlier verification: it must still be in the chain
 */
export const judgeAudit = ({ records, foreign }: AuditTopic, noted?: string): AuditVerdict => {
  const count = records.length;
  const verdict: ChainVerdict = verifyChain(records);
  if (!verdict.valid) return { valid: false, records: count, problem: verdict.problem };
  const [first] = foreign;
  if (first) return { valid: false, records: count, problem: `${foreign.length} records of the topic are no audit records, the first at partition ${first.partition}, offset ${first.offset}: ${first.code}` };
  if (noted !== undefined && !records.some(({ hash }) => hash === noted)) return { valid: false, records: count, problem: 'the noted record is not in the chain: its end was cut off, or it was written anew' };
  return { valid: true, records: count, head: verdict.head };
};
