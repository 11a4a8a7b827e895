import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BoundedSeries } from './bounded-series.js';

interface MetricOptions<Label extends string> {
  /** By Prometheus' conventions: base units, and `_total` for counters. */
  readonly name: string;
  readonly help: string;
  /** Never ids of conversations, interactions and users. */
  readonly labelNames?: readonly Label[];
  /** Series at most, 1,000 unless given; what goes beyond is told with `other` in the place of its names. */
  readonly seriesMax?: number;
}

const SERIES_MAX = 1_000;
/** A histogram has a dozen series for each set of labels. */
const HISTOGRAMS_MAX = 100;

interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Of what all instances share, such as rows of the database: told by the one that leads alone, so that no other shows what was, and sums count it once. */
  readonly toldBy?: 'leader';
}

const areLabels = (given: unknown): given is Partial<Record<string, string | number>> => typeof given === 'object' && given !== null;

/** Has the metric keep values under bounded labels only, whichever of its methods is called. */
const withBoundedSeries = <M extends object>(metric: M, max: number): M => {
  const series = new BoundedSeries(max);
  const methods = metric as Record<string, ((...given: unknown[]) => void) | undefined>;
  for (const name of ['inc', 'dec', 'set', 'observe']) {
    const plain = methods[name]?.bind(metric);
    if (plain) methods[name] = (first, ...rest) => plain(areLabels(first) ? series.of(first) : first, ...rest);
  }
  const [remove, reset] = [methods['remove']?.bind(metric), methods['reset']?.bind(metric)];
  methods['remove'] = (...labels) => {
    const [first, ...rest] = labels;
    remove?.(...(areLabels(first) ? [series.remove(first), ...rest] : labels));
  };
  methods['reset'] = () => {
    series.clear();
    reset?.();
  };
  return metric;
};

/** The process's metrics; asking twice for a name gives the same metric. However many names come from outside, the number of series is bounded. */
export class Metrics {
  readonly registry = new Registry();
  private readonly toldByLeader: ((isLeading: boolean) => void)[] = [];
  /** A process in which nothing has to be led tells all. */
  private isLeading = true;

  static forProcess(): Metrics {
    const metrics = new Metrics();
    collectDefaultMetrics({ register: metrics.registry });
    return metrics;
  }

  counter<Label extends string = string>({ seriesMax = SERIES_MAX, labelNames = [], ...options }: MetricOptions<Label>): Counter<Label> {
    return this.known(options.name) ?? withBoundedSeries(new Counter({ ...options, labelNames: [...labelNames], registers: [this.registry] }), seriesMax);
  }

  gauge<Label extends string = string>({ seriesMax = SERIES_MAX, labelNames = [], toldBy, ...options }: GaugeOptions<Label>): Gauge<Label> {
    const known = this.known<Gauge<Label>>(options.name);
    if (known) return known;
    const gauge = withBoundedSeries(new Gauge({ ...options, labelNames: [...labelNames], registers: [this.registry] }), seriesMax);
    // prom-client's reset sets a gauge without labels to 0, at which it begins; where another one leads, that would say something.
    const begin = (isLeading: boolean): void => (isLeading || labelNames.length > 0 ? gauge.reset() : gauge.remove());
    return toldBy === 'leader' ? this.whileLeading(gauge, begin) : gauge;
  }

  histogram<Label extends string = string>({ seriesMax = HISTOGRAMS_MAX, labelNames = [], buckets, ...options }: MetricOptions<Label> & { readonly buckets?: number[] }): Histogram<Label> {
    return this.known(options.name) ?? withBoundedSeries(new Histogram({ ...options, labelNames: [...labelNames], ...(buckets && { buckets }), registers: [this.registry] }), seriesMax);
  }

  /** From when on, and until when, this process tells what the leader tells. */
  setLeading(isLeading: boolean): void {
    this.isLeading = isLeading;
    for (const begin of this.toldByLeader) begin(isLeading);
  }

  private whileLeading<Label extends string>(gauge: Gauge<Label>, begin: (isLeading: boolean) => void): Gauge<Label> {
    const set = gauge.set.bind(gauge) as (...given: unknown[]) => void;
    gauge.set = (...given: unknown[]) => {
      if (this.isLeading) set(...given);
    };
    this.toldByLeader.push(begin);
    begin(this.isLeading);
    return gauge;
  }

  private known<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}
