import type { ConsumedRecord, PartitionTask, ProducedRecord, ResumePoint } from '@ratchet/kafka';
import { ReferenceJob } from './reference-job.js';
import type { ReferenceFinding } from './reference-job.js';

/** Made by whoever runs the job: it is no topic of the product. */
export const REFERENCE_TOPIC = 'ratchet.reference.v1';
const AHEAD_MS_MAX = 60_000;

/** Joins the reference job to the log. */
export class ReferenceTask implements PartitionTask {
  private readonly job: ReferenceJob;

  constructor({ resume }: { readonly resume: ResumePoint | undefined }) {
    this.job = new ReferenceJob(resume?.streamTimeMs);
  }

  get openConversations(): number {
    return this.job.openSessions;
  }

  process({ headers, value, offset, timestampMs }: ConsumedRecord): readonly ProducedRecord[] {
    const finding = this.job.apply({
      type: headerText(headers?.['ce_type']),
      timeMs: Math.min(Date.parse(headerText(headers?.['ce_time'])), timestampMs + AHEAD_MS_MAX),
      data: parsed(value),
      offset,
    });
    return finding ? [toRecord(finding)] : [];
  }

  endBatch(): readonly ProducedRecord[] {
    return [];
  }

  endReplay(): void {
    // What a record puts out is returned at once, so nothing is held back that could be forgotten.
  }

  resumePoint(position: bigint): ResumePoint {
    const { offset, streamTimeMs } = this.job.resumePoint();
    return { replayFrom: offset ?? position, streamTimeMs, marks: {} };
  }

  /** No result of the job waits for time to pass. */
  clockRecord(): undefined {
    return undefined;
  }
}

const headerText = (header: NonNullable<ConsumedRecord['headers']>[string]): string => String((Array.isArray(header) ? header[0] : header) ?? '');

const parsed = (value: Buffer | null): unknown => {
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
};

const toRecord = (finding: ReferenceFinding): ProducedRecord => ({ topic: REFERENCE_TOPIC, key: finding.conversationId, value: JSON.stringify(finding), headers: {} });
