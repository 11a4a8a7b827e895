/** How many records the sum reaches back. */
export const WINDOW = 20;

/** Numbers records and adds up the last of them: a state that a suffix of the log and one mark give back. */
export class MovingSum {
  #count;
  #window = [];

  constructor(resume) {
    this.#count = Number(resume?.marks.count ?? 0);
  }

  apply({ offset, value }) {
    this.#count += 1;
    this.#window.push({ offset, number: Number(value) });
    if (this.#window.length > WINDOW) this.#window.shift();
    return { offset: String(offset), count: this.#count, sum: this.#window.reduce((sum, { number }) => sum + number, 0) };
  }

  resumePoint(position) {
    return { replayFrom: this.#window[0]?.offset ?? position, streamTimeMs: 0, marks: { count: String(this.#count - this.#window.length) } };
  }
}
