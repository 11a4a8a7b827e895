import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { routingChanged, versionPublished } from '@ratchet/domain';
import { RatchetError } from '@ratchet/observability';
import { z } from 'zod';
import type { RoutingTable } from './routing-table.js';

const snapshotSchema = z.object({ savedAt: z.string(), routing: z.array(routingChanged.schema), versions: z.array(versionPublished.schema) });
export type RoutingSnapshot = z.infer<typeof snapshotSchema>;

/** The last known routing table in a file, so that a restart without Kafka still knows whom to ask. */
export class SnapshotFile {
  constructor(private readonly path: string) {}

  /** Undefined where there is none yet. @throws {RatchetError} `bad_snapshot` where the file is not a snapshot */
  async load(): Promise<RoutingSnapshot | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      return snapshotSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw new RatchetError({ code: 'bad_snapshot', message: `${this.path} is not a routing snapshot; delete it, Kafka holds the truth`, cause });
    }
  }

  /** Replaces the file in one step. */
  async save(table: RoutingTable): Promise<void> {
    const snapshot: RoutingSnapshot = { savedAt: new Date().toISOString(), routing: table.routed(), versions: table.versionsInUse() };
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(`${this.path}.new`, JSON.stringify(snapshot));
    await rename(`${this.path}.new`, this.path);
  }
}
