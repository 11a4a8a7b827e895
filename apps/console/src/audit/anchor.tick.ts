import type { KeyObject } from 'node:crypto';
import { auditAnchored, GENESIS_HASH, signAnchor } from '@ratchet/domain';
import type { ChainHead } from '@ratchet/domain';
import type { Logger } from '@ratchet/observability';
import type { Database, Transaction } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { headOf } from './chains.repository.js';
import { noteChange } from '../live/change-feed.js';

const GENESIS: ChainHead = { sequence: 0, hash: GENESIS_HASH };
/** A leader that has just begun asks soon; how often something is published is another matter. */
const LOOK_EVERY_MS = 10_000;

export interface AnchorOptions {
  readonly database: Database;
  readonly everyMs: number;
  /** Signs each anchor. */
  readonly key?: KeyObject | undefined;
  readonly logger: Logger;
}

/** Publishes the heads of both chains: who keeps the topic can tell what was cut off or written anew later. */
export class AnchorTick implements Tick {
  readonly tickName = 'anchor-audit';
  readonly everyMs: number;

  constructor(private readonly options: AnchorOptions) {
    this.everyMs = Math.min(LOOK_EVERY_MS, options.everyMs);
  }

  async tick(): Promise<void> {
    await this.options.database.transaction((tx) => this.anchor(tx));
  }

  private async anchor(tx: Transaction): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtext('console.anchors'))`);
    // Instances take turns, and their clocks may differ: the database's counts, so that an anchor is later than the one before.
    const [{ now } = { now: new Date() }] = await tx.query<{ now: Date }>('select clock_timestamp() as now');
    const [last] = await tx.query<{ cycles: string; decisions: string; at: Date }>('select cycles_hash as cycles, decisions_hash as decisions, anchored_at as at from audit_anchors order by anchored_at desc limit 1');
    if (last && now.getTime() - last.at.getTime() < this.options.everyMs) return;
    const cycles = (await headOf(tx, 'cycles')) ?? GENESIS;
    const decisions = (await headOf(tx, 'decisions')) ?? GENESIS;
    if (cycles.hash === (last?.cycles ?? GENESIS_HASH) && decisions.hash === (last?.decisions ?? GENESIS_HASH)) return;
    const anchoredAt = now.toISOString();
    await tx.query('insert into audit_anchors (anchored_at, cycles_sequence, cycles_hash, decisions_sequence, decisions_hash) values ($1, $2, $3, $4, $5)', [anchoredAt, cycles.sequence, cycles.hash, decisions.sequence, decisions.hash]);
    const anchor = { cycles, decisions, anchoredAt };
    tx.emit(auditAnchored, { ...anchor, ...(this.options.key && { signature: signAnchor(anchor, this.options.key) }) });
    noteChange(tx, 'audit');
    this.options.logger.info('the audit chains are anchored', { cycles: cycles.sequence, decisions: decisions.sequence });
  }
}
