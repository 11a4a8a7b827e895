import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedEvent } from '@ratchet/contracts';

const READ_BYTES = 700_000;
const NEWLINE = 0x0a;
/** The file is copied only where an eighth of it or more was sent, so that no byte is copied more than some times. */
const COMPACT_FROM_PART = 8;

export interface SpooledBatch {
  readonly events: readonly EncodedEvent[];
  /** Where the rest begins, for {@link Spool.advance}. */
  readonly end: number;
}

/** Events that wait for Kafka, in order, one JSON line each, in a file with a known end of what was sent. Not safe for concurrent calls. */
export class Spool {
  /** Bytes that were cut off before the file's beginning: places are counted from before them, so that they stay valid across {@link compact}. */
  private cut = 0;

  private constructor(
    private file: FileHandle,
    private readonly path: string,
    private readonly bytesMax: number,
    private size: number,
    private position: number,
  ) {}

  /** Opens the folder's spool with what an earlier run left; a torn last line (the process died while writing it) is cut off. */
  static async open({ folder, bytesMax }: { folder: string; bytesMax: number }): Promise<Spool> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'spool.jsonl');
    const positionPath = positionPathOf(path);
    await rm(`${path}.new`, { force: true });
    const file = await open(path, 'a+');
    const { size } = await file.stat();
    const whole = await endOfLastLine(file, size);
    if (whole < size) await file.truncate(whole);
    const saved = Number(await readFile(positionPath, 'utf8').catch(() => '0'));
    // Emptying truncates the file before it resets the position, so a position past the end means: all was sent.
    const position = Number.isSafeInteger(saved) && saved >= 0 ? Math.min(saved, whole) : 0;
    const spool = new Spool(file, path, bytesMax, whole, position);
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
    return this.cut + this.size;
  }

  /** Puts events at the end, on the disk when this resolves; returns how many found no room. */
  async append(events: readonly EncodedEvent[]): Promise<number> {
    const all = events.map((event) => `${JSON.stringify(event)}\n`);
    const needed = all.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
    if (this.size + needed > this.bytesMax && this.position * COMPACT_FROM_PART > this.size) await this.compact();
    const lines: string[] = [];
    let bytes = 0;
    for (const line of all) {
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
      if (events.length > 0 || length === this.waitingBytes) return { events, end: this.cut + this.position + start };
    }
  }

  /** Marks all before `end` as sent. */
  async advance(end: number): Promise<void> {
    this.position = end - this.cut;
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
    this.cut = 0;
    await this.savePosition();
  }

  /** Gives back the room of what was sent, which a Kafka that is slow for long would else use up although little waits. */
  private async compact(): Promise<void> {
    const file = await open(`${this.path}.new`, 'w+');
    const left = this.waitingBytes;
    try {
      for (let done = 0; done < left; ) {
        const { buffer, bytesRead } = await this.file.read(Buffer.alloc(Math.min(READ_BYTES, left - done)), 0, undefined, this.position + done);
        await file.appendFile(buffer.subarray(0, bytesRead));
        done += bytesRead;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    // The position first: a death between the two sends again what was sent, the other way round it would pass over what was not.
    await this.savePosition(0);
    await rename(`${this.path}.new`, this.path);
    const old = this.file;
    this.file = await open(this.path, 'a+');
    this.cut += this.position;
    this.position = 0;
    this.size = left;
    await old.close();
  }

  private async savePosition(position = this.position): Promise<void> {
    const path = positionPathOf(this.path);
    await writeFile(`${path}.new`, String(position));
    await rename(`${path}.new`, path);
  }
}

const positionPathOf = (path: string): string => path.replace(/\.jsonl$/u, '.position');

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
