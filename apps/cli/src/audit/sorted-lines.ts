import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Lines in a file, in the order in which they came, to be read in the order of their sequence: 24 bytes of memory a line. */
export class SortedLines {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ratchet-audit-'));
  private readonly file = openSync(join(this.folder, 'lines'), 'w+');
  private entries = new Float64Array(3 * 1_024);
  private count = 0;
  private end = 0;

  add(sequence: number, line: string): void {
    if (3 * (this.count + 1) > this.entries.length) {
      const grown = new Float64Array(2 * this.entries.length);
      grown.set(this.entries);
      this.entries = grown;
    }
    const length = writeSync(this.file, line, this.end);
    this.entries.set([sequence, this.end, length], 3 * this.count);
    this.count += 1;
    this.end += length;
  }

  /** By sequence. What was published twice comes once; two different records in the same place are both there. */
  *lines(): Generator<string> {
    const order = Uint32Array.from({ length: this.count }, (_, i) => 3 * i).sort((a, b) => this.entry(a) - this.entry(b) || a - b);
    let given = { sequence: Number.NaN, lines: new Set<string>() };
    for (const at of order) {
      const bytes = Buffer.alloc(this.entry(at + 2));
      readSync(this.file, bytes, 0, bytes.length, this.entry(at + 1));
      const [sequence, line] = [this.entry(at), bytes.toString('utf8')];
      if (sequence !== given.sequence) given = { sequence, lines: new Set() };
      if (!given.lines.has(line)) yield line;
      given.lines.add(line);
    }
  }

  remove(): void {
    closeSync(this.file);
    rmSync(this.folder, { recursive: true });
  }

  private entry(index: number): number {
    return this.entries[index] ?? 0;
  }
}
