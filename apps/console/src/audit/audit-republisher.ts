import type { KeyObject } from 'node:crypto';
import { topics } from '@ratchet/contracts';
import { auditAnchored, auditDecided, auditRecorded, signAnchor } from '@ratchet/domain';
import type { AuditRecorded, DecisionRecord } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { BulkTransaction } from '@ratchet/persistence';
import type { AuditEntry } from '@ratchet/console-api';
import { type Republisher, waitingFor } from '@ratchet/service';
import { allAnchors, entriesAfter, headOf } from './chains.repository.js';

const PAGE = 1_000;

/** Both chains as the tables have them, and their anchors, so that the topic alone can be verified again. */
export class AuditRepublisher implements Republisher {
  readonly topic = topics.audit.name;

  constructor(private readonly key: KeyObject | undefined) {}

  async republish(tx: BulkTransaction): Promise<number> {
    const made = ((await headOf(tx, 'cycles'))?.sequence ?? 0) + ((await headOf(tx, 'decisions'))?.sequence ?? 0);
    if ((await waitingFor(tx, this.topic)) >= made) return 0;
    const records = await this.republishChain(tx, 'cycles', ({ record, ...link }) => {
      const cycle = record as unknown as AuditRecorded['record'];
      tx.emit(auditRecorded, { ...link, record: cycle }, { id: derivedId('audit', link.hash), correlationId: cycle.cycle_id });
    });
    const decisions = await this.republishChain(tx, 'decisions', ({ record, ...link }) => {
      const decision = record as unknown as DecisionRecord;
      tx.emit(auditDecided, { ...link, record: decision }, { id: derivedId('audit-decision', link.hash), ...(decision.cycle_id !== null && { correlationId: decision.cycle_id }) });
    });
    const anchors = await allAnchors(tx);
    for (const anchor of anchors) tx.emit(auditAnchored, { ...anchor, ...(this.key && { signature: signAnchor(anchor, this.key) }) });
    return records + decisions + anchors.length;
  }

  private async republishChain(tx: BulkTransaction, chain: 'cycles' | 'decisions', emit: (entry: AuditEntry) => void): Promise<number> {
    let last = 0;
    for (let entries: AuditEntry[]; (entries = await entriesAfter(tx, chain, last, PAGE)).length > 0; last = entries.at(-1)?.sequence ?? last) {
      for (const entry of entries) emit(entry);
      await tx.flush();
    }
    return last;
  }
}
