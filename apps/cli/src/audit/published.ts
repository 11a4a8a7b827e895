import type { KeyObject } from 'node:crypto';
import { isEvent, topics } from '@ratchet/contracts';
import { auditAnchored, auditDecided, auditRecorded, GENESIS_HASH, hashOf, isSignedBy } from '@ratchet/domain';
import type { AuditAnchored, ChainedRecord } from '@ratchet/domain';
import type { EventEnvelope } from '@ratchet/contracts';
import type { KafkaClient } from '@ratchet/kafka';
import { readEvents } from '../stack/read-topics.js';
import { ChainHashes } from './chain-hashes.js';

export const chains = ['cycles', 'decisions'] as const;
export type ChainName = (typeof chains)[number];

/** What to look for, beside what is always wrong. */
export interface PublishedOptions {
  /** A head that was noted at an earlier verification. */
  readonly noted?: string | undefined;
  /** Public keys, one of which must have signed each anchor. */
  readonly anchorKeys?: readonly KeyObject[] | undefined;
}

/** What the audit topic says of both chains, and what of it contradicts itself. */
export class Published {
  readonly hashes: Readonly<Record<ChainName, ChainHashes>> = { cycles: new ChainHashes(), decisions: new ChainHashes() };
  anchors = 0;
  isNotedSeen = false;
  /** The first thing that is wrong with the topic itself. */
  problem: string | undefined;
  private latest: AuditAnchored | undefined;
  private firstSigned: AuditAnchored | undefined;
  private lastUnsigned: AuditAnchored | undefined;

  constructor(private readonly options: PublishedOptions = {}) {}

  take(event: EventEnvelope): void {
    if (isEvent(event, auditRecorded)) this.refuse(this.takeLink('cycles', event.data));
    else if (isEvent(event, auditDecided)) this.refuse(this.takeLink('decisions', event.data));
    else if (isEvent(event, auditAnchored)) this.takeAnchor(event.data);
  }

  get noted(): string | undefined {
    return this.options.noted;
  }

  /** The first problem counts. */
  refuse(problem: string | undefined): void {
    this.problem ??= problem;
  }

  /** What is wrong with the topic alone, once all of it was read. */
  problemOfWhole(): string | undefined {
    return this.problem ?? this.problemOfSignatures() ?? this.problemOfChain('cycles') ?? this.problemOfChain('decisions') ?? this.problemOfNoted(this.isNotedSeen);
  }

  /** Where a head was noted. */
  problemOfNoted(isFound: boolean): string | undefined {
    return this.options.noted === undefined || isFound ? undefined : 'the noted record is in neither chain: an end was cut off, or a chain was written anew';
  }

  /** Where keys were given: anchors from before the first that is signed may stand, since signing was turned on then. */
  problemOfSignatures(): string | undefined {
    if (!this.options.anchorKeys) return undefined;
    if (!this.firstSigned) return `no anchor is signed: the topic has ${this.anchors}`;
    return this.lastUnsigned && this.lastUnsigned.anchoredAt > this.firstSigned.anchoredAt ? `${nameOf(this.lastUnsigned)} is not signed, and ${nameOf(this.firstSigned)} is` : undefined;
  }

  private problemOfChain(chain: ChainName): string | undefined {
    const { last, lastNamed } = this.hashes[chain];
    const missing = this.hashes[chain].firstMissing();
    if (missing !== undefined) return `${chain}: record ${missing} is missing from the topic`;
    return lastNamed > last ? `${chain}: the end is cut off: an anchor names record ${lastNamed}, the topic has ${last}` : undefined;
  }

  private takeLink(chain: ChainName, link: ChainedRecord<unknown>): string | undefined {
    const { sequence, hash, previousHash } = link;
    const hashes = this.hashes[chain];
    if (!Number.isSafeInteger(sequence) || sequence < 1 || hashOf(link) !== hash) return `record ${sequence} of ${chain} in the topic does not have the hash that it claims`;
    if (!hashes.isNear(sequence)) return `record ${sequence} of ${chain} in the topic is far beyond all others`;
    if (hash === this.options.noted) this.isNotedSeen = true;
    if (!hashes.name(sequence, hash)) return hashes.isSeen(sequence) ? `the topic has two different records ${sequence} of ${chain}` : `record ${sequence} of ${chain} in the topic is not the one that an anchor or the record after it names`;
    hashes.see(sequence);
    const follows = sequence === 1 ? previousHash === GENESIS_HASH : hashes.name(sequence - 1, previousHash);
    return follows ? undefined : `record ${sequence} of ${chain} in the topic does not follow record ${sequence - 1}`;
  }

  private takeAnchor(anchor: AuditAnchored): void {
    this.anchors += 1;
    this.refuse(this.problemOfSignature(anchor));
    for (const chain of chains) this.refuse(this.problemOfHead(chain, anchor));
    if (!this.latest || anchor.anchoredAt > this.latest.anchoredAt) this.latest = anchor;
  }

  private problemOfHead(chain: ChainName, anchor: AuditAnchored): string | undefined {
    const { sequence, hash } = anchor[chain];
    if (sequence > 0 && !this.hashes[chain].isNear(sequence)) return `${nameOf(anchor)} names record ${sequence} of ${chain}, which is far beyond all others`;
    if (sequence > 0 && !this.hashes[chain].name(sequence, hash)) return `${nameOf(anchor)} names another record ${sequence} of ${chain} than the topic or another anchor`;
    return this.problemOfOrder(chain, anchor);
  }

  /** An anchor may come twice, and then after later ones; but a later one never names an earlier record. */
  private problemOfOrder(chain: ChainName, anchor: AuditAnchored): string | undefined {
    if (!this.latest) return undefined;
    const [earlier, later] = anchor.anchoredAt > this.latest.anchoredAt ? [this.latest, anchor] : [anchor, this.latest];
    return later[chain].sequence < earlier[chain].sequence ? `${nameOf(later)} goes back: it names record ${later[chain].sequence} of ${chain}, and ${nameOf(earlier)} record ${earlier[chain].sequence}` : undefined;
  }

  private problemOfSignature(anchor: AuditAnchored): string | undefined {
    const { anchorKeys } = this.options;
    if (!anchorKeys) return undefined;
    if (anchor.signature === undefined) {
      if (!this.lastUnsigned || anchor.anchoredAt > this.lastUnsigned.anchoredAt) this.lastUnsigned = anchor;
      return undefined;
    }
    if (!this.firstSigned || anchor.anchoredAt < this.firstSigned.anchoredAt) this.firstSigned = anchor;
    return isSignedBy(anchor, anchorKeys) ? undefined : `${nameOf(anchor)} is not signed by the given key`;
  }
}

const nameOf = ({ anchoredAt }: AuditAnchored): string => `the anchor of ${anchoredAt}`;

export const readPublished = async (kafka: KafkaClient, options: PublishedOptions = {}): Promise<Published> => {
  const published = new Published(options);
  const [foreign] = await readEvents({ kafka, topics: [topics.audit.name], onEvent: (event) => published.take(event) });
  if (foreign) published.refuse(`a record of the topic is no audit record: partition ${foreign.partition}, offset ${foreign.offset}: ${foreign.code}`);
  return published;
};
