import { isEvent, topics } from '@ratchet/contracts';
import { auditAnchored, auditDecided, auditRecorded, hashOf } from '@ratchet/domain';
import type { AuditAnchored, ChainedRecord, ChainHead } from '@ratchet/domain';
import type { EventEnvelope } from '@ratchet/contracts';
import type { KafkaClient } from '@ratchet/kafka';
import { readEvents } from '../stack/read-topics.js';

export const chains = ['cycles', 'decisions'] as const;
export type ChainName = (typeof chains)[number];

const HASH_BYTES = 32;

/** Hashes by sequence, 32 bytes each: a million records need 32 MB. */
export class PublishedHashes {
  private bytes = Buffer.alloc(1_024 * HASH_BYTES);
  /** The highest sequence that was published. */
  last = 0;

  /** False where another hash was published for this sequence. */
  note(sequence: number, hash: string): boolean {
    const known = this.at(sequence);
    if (known !== undefined) return known === hash;
    while (sequence * HASH_BYTES > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    this.bytes.write(hash, (sequence - 1) * HASH_BYTES, 'hex');
    this.last = Math.max(this.last, sequence);
    return true;
  }

  /** Undefined where nothing was published for this sequence. */
  at(sequence: number): string | undefined {
    if (sequence < 1 || sequence > this.last) return undefined;
    const hash = this.bytes.subarray((sequence - 1) * HASH_BYTES, sequence * HASH_BYTES);
    return hash.every((byte) => byte === 0) ? undefined : hash.toString('hex');
  }
}

/** What the audit topic says of both chains. */
export class Published {
  readonly hashes: Readonly<Record<ChainName, PublishedHashes>> = { cycles: new PublishedHashes(), decisions: new PublishedHashes() };
  readonly anchored: Readonly<Record<ChainName, ChainHead[]>> = { cycles: [], decisions: [] };
  anchors = 0;
  /** The first thing that is wrong with the topic itself. */
  problem: string | undefined;

  take(event: EventEnvelope): void {
    if (isEvent(event, auditRecorded)) this.takeLink('cycles', event.data);
    else if (isEvent(event, auditDecided)) this.takeLink('decisions', event.data);
    else if (isEvent(event, auditAnchored)) this.takeAnchor(event.data);
  }

  private takeLink(chain: ChainName, link: ChainedRecord<unknown>): void {
    const { sequence, hash } = link;
    if (!Number.isSafeInteger(sequence) || sequence < 1 || hashOf(link) !== hash) this.problem ??= `record ${sequence} of ${chain} in the topic does not have the hash that it claims`;
    else if (sequence > this.hashes[chain].last + LEAP_MAX) this.problem ??= `record ${sequence} of ${chain} in the topic is far beyond all others`;
    else if (!this.hashes[chain].note(sequence, hash)) this.problem ??= `the topic has two different records ${sequence} of ${chain}`;
  }

  private takeAnchor(anchor: AuditAnchored): void {
    this.anchors += 1;
    for (const chain of chains) if (anchor[chain].sequence > 0) this.anchored[chain].push(anchor[chain]);
  }
}

/** Partitions are read side by side, so a sequence may come long before those below it; memory for a made-up one is not given. */
const LEAP_MAX = 50_000_000;

export const readPublished = async (kafka: KafkaClient): Promise<Published> => {
  const published = new Published();
  const [foreign] = await readEvents({ kafka, topics: [topics.audit.name], onEvent: (event) => published.take(event) });
  if (foreign) published.problem ??= `a record of the topic is no audit record: partition ${foreign.partition}, offset ${foreign.offset}: ${foreign.code}`;
  return published;
};
