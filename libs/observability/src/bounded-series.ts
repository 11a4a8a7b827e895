/** What stands in the place of values that came when there were too many. */
export const OTHER = 'other';

/**
 * Labels whose values come from outside of the code: nobody knows how many there will be. The values of all other labels are written down in the
 * code, and say what happened, so that they are kept when there is no room for names.
 */
export const OUTSIDE_LABELS: ReadonlySet<string> = new Set(['model', 'workload', 'version', 'target', 'evaluator', 'judge', 'provider', 'webhook', 'partition', 'metric', 'signal', 'scorer']);

const VALUE_CHARS_MAX = 120;
/** Combinations of the code's own values that are told of `other` names. */
const OTHERS_MAX = 100;

type Labels<Label extends string> = Partial<Record<Label, string | number>>;

const mapLabels = <Label extends string>(labels: Labels<Label>, to: (name: string, value: unknown) => unknown): Labels<Label> =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, to(name, value)])) as Labels<Label>;

/**
 * The series of one metric. Names of models, versions and the like come from outside, and each new one would be a series that a process keeps and
 * Prometheus stores; beyond `max` of them, what is new is told together, with `other` in the place of its names.
 */
export class BoundedSeries {
  private readonly known = new Set<string>();
  private readonly others = new Set<string>();

  constructor(private readonly max: number) {}

  /** The labels under which a value is to be kept. */
  of<Label extends string>(labels: Labels<Label>): Labels<Label> {
    const cut = this.cut(labels);
    if (this.isKept(this.known, JSON.stringify(cut), this.max)) return cut;
    const withoutNames = mapLabels(cut, (name, value) => (OUTSIDE_LABELS.has(name) ? OTHER : value));
    return this.isKept(this.others, JSON.stringify(withoutNames), OTHERS_MAX) ? withoutNames : mapLabels(cut, () => OTHER);
  }

  /** Makes room; gives the labels under which the value was kept. */
  remove<Label extends string>(labels: Labels<Label>): Labels<Label> {
    const cut = this.cut(labels);
    this.known.delete(JSON.stringify(cut));
    return cut;
  }

  clear(): void {
    this.known.clear();
    this.others.clear();
  }

  private cut<Label extends string>(labels: Labels<Label>): Labels<Label> {
    return mapLabels(labels, (_, value) => (typeof value === 'string' ? value.slice(0, VALUE_CHARS_MAX) : value));
  }

  private isKept(series: Set<string>, key: string, max: number): boolean {
    if (series.has(key)) return true;
    if (series.size >= max) return false;
    series.add(key);
    return true;
  }
}
