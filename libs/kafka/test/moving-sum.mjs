/** Numbers records and adds up the last of them: a state that a suffix of the log and one mark give back. */
export class MovingSum {
  #count;
  #window = [];
  #reach;

  /** The sum reaches back over `reach` records. */
  constructor(reach, resume) {
    this.#reach = reach;
    this.#count = Number(resume?.marks.count ?? 0);
  }

  apply({ partition, offset, value }) {
    this.#count += 1;
    this.#window.push({ offset, number: Number(value) });
    if (this.#window.length > this.#reach) this.#window.shift();
    return { partition, offset: String(offset), count: this.#count, sum: this.#window.reduce((sum, { number }) => sum + number, 0) };
  }

  resumePoint(position) {
    return { replayFrom: this.#window[0]?.offset ?? position, streamTimeMs: 0, marks: { count: String(this.#count - this.#window.length) } };
  }
}
