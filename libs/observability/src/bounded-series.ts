/** What stands in the place of values that came when there were too many. */
export const OTHER = 'other';

const VALUE_CHARS_MAX = 120;

/**
 * The series of one metric. Names of models, versions and the like come from outside, and each new one would be a series that a process keeps and
 * Prometheus stores; beyond `max` of them, what is new is told together, as `other`.
 */
export class BoundedSeries {
  private readonly known = new Set<string>();

  constructor(private readonly max: number) {}

  /** The labels under which a value is to be kept. */
  of<Label extends string>(labels: Partial<Record<Label, string | number>>): Partial<Record<Label, string | number>> {
    const cut = Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, VALUE_CHARS_MAX) : value])) as typeof labels;
    const key = JSON.stringify(cut);
    if (this.known.has(key)) return cut;
    if (this.known.size >= this.max) return Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER])) as typeof labels;
    this.known.add(key);
    return cut;
  }

  remove(labels: object): void {
    this.known.delete(JSON.stringify(labels));
  }

  clear(): void {
    this.known.clear();
  }
}
