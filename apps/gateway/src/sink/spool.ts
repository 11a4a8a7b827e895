import { mkdir, open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedEvent } from '@ratchet/contracts';

const READ_BYTES = 700_000;
const NEWLINE = 0x0a;

export interface SpooledBatch {
  readonly events: readonly EncodedEvent[];
  /** Where the rest begins, for {@link Spool.advance}. */
  readonly end: number;
}

/** Events that wait for Kafka, in order, one JSON line each, in a file with a known end of what was sent. Not safe for concurrent calls. */
export class Spool {
  private constructor(
    private readonly file: FileHandle,
    private readonly positionPath: string,
    private readonly bytesMax: number,
    private size: number,
    private position: number,
  ) {}

  /** Opens the folder's spool with what an earlier run left; a torn last line (the process died while writing it) is cut off. */
  static async open({ folder, bytesMax }: { folder: string; bytesMax: number }): Promise<Spool> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'spool.jsonl');
    const positionPath = join(folder, 'spool.position');
    const file = await open(path, 'a+');
    const { size } = await file.stat();
    const whole = await endOfLastLine(file, size);
    if (whole < size) await file.truncate(whole);
    const saved = Number(await readFile(positionPath, 'utf8').catch(() => '0'));
    // Emptying truncates the file before it resets the position, so a position past the end means: all was sent.
    const position = Number.isSafeInteger(saved) && saved >= 0 ? Math.min(saved, whole) : 0;
    const spool = new Spool(file, positionPath, bytesMax, whole, position);
    // Also where the file is empty: a stale position would hide the next events from the start after this one.
    if (position === whole && (whole > 0 || saved !== 0)) await spool.clear();
    return spool;
  }

  get waitingBytes(): number {
    return this.size - this.position;
  }

  get isEmpty(): boolean {
    return this.waitingBytes === 0;
  }

  /** Where the next event will begin. */
  get end(): number {
    return this.size;
  }

  /** Puts events at the end, on the disk when this resolves; returns how many found no room. */
  async append(events: readonly EncodedEvent[]): Promise<number> {
    const lines: string[] = [];
    let bytes = 0;
    for (const event of events) {
      const line = `${JSON.stringify(event)}\n`;
      const lineBytes = Buffer.byteLength(line);
      if (this.size + bytes + lineBytes > this.bytesMax) break;
      lines.push(line);
      bytes += lineBytes;
    }
    if (lines.length > 0) {
      try {
        await this.file.appendFile(lines.join(''));
        await this.file.datasync();
      } catch (error) {
        // What a full disk took of it must not become the start of the next line.
        await this.file.truncate(this.size);
        throw error;
      }
      this.size += bytes;
    }
    return events.length - lines.length;
  }

  /** The oldest events, at most `count` of them and 700,000 bytes; a larger one comes alone. */
  async peek(count: number): Promise<SpooledBatch> {
    for (let bytes = READ_BYTES; ; bytes *= 4) {
      const length = Math.min(bytes, this.waitingBytes);
      const { buffer } = await this.file.read(Buffer.alloc(length), 0, length, this.position);
      const events: EncodedEvent[] = [];
      const most = bytes === READ_BYTES ? count : 1;
      let start = 0;
      for (let end = buffer.indexOf(NEWLINE); end !== -1 && events.length < most; end = buffer.indexOf(NEWLINE, start)) {
        events.push(JSON.parse(buffer.toString('utf8', start, end)) as EncodedEvent);
        start = end + 1;
      }
      if (events.length > 0 || length === this.waitingBytes) return { events, end: this.position + start };
    }
  }

  /** Marks all before `end` as sent. */
  async advance(end: number): Promise<void> {
    this.position = end;
    if (this.isEmpty) return this.clear();
    await this.savePosition();
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async clear(): Promise<void> {
    await this.file.truncate(0);
    this.size = 0;
    this.position = 0;
    await this.savePosition();
  }

  private async savePosition(): Promise<void> {
    await writeFile(`${this.positionPath}.new`, String(this.position));
    await rename(`${this.positionPath}.new`, this.positionPath);
  }
}

const endOfLastLine = async (file: FileHandle, size: number): Promise<number> => {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - 65_536);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const last = buffer.lastIndexOf(NEWLINE);
    if (last !== -1) return start + last + 1;
    end = start;
  }
  return 0;
};
