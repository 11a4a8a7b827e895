import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BoundedSeries } from './bounded-series.js';

interface MetricOptions<Label extends string> {
  /** By Prometheus' conventions: base units, and `_total` for counters. */
  readonly name: string;
  readonly help: string;
  /** Never ids of conversations, interactions and users. */
  readonly labelNames?: readonly Label[];
  /** Series at most, 1,000 unless given; what goes beyond is told as `other`. */
  readonly seriesMax?: number;
}

const SERIES_MAX = 1_000;
/** A histogram has a dozen series for each set of labels. */
const HISTOGRAMS_MAX = 100;

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
    if (areLabels(labels[0])) series.remove(labels[0]);
    remove?.(...labels);
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

  static forProcess(): Metrics {
    const metrics = new Metrics();
    collectDefaultMetrics({ register: metrics.registry });
    return metrics;
  }

  counter<Label extends string = string>({ seriesMax = SERIES_MAX, labelNames = [], ...options }: MetricOptions<Label>): Counter<Label> {
    return this.known(options.name) ?? withBoundedSeries(new Counter({ ...options, labelNames: [...labelNames], registers: [this.registry] }), seriesMax);
  }

  gauge<Label extends string = string>({ seriesMax = SERIES_MAX, labelNames = [], ...options }: MetricOptions<Label>): Gauge<Label> {
    return this.known(options.name) ?? withBoundedSeries(new Gauge({ ...options, labelNames: [...labelNames], registers: [this.registry] }), seriesMax);
  }

  histogram<Label extends string = string>({ seriesMax = HISTOGRAMS_MAX, labelNames = [], buckets, ...options }: MetricOptions<Label> & { readonly buckets?: number[] }): Histogram<Label> {
    return this.known(options.name) ?? withBoundedSeries(new Histogram({ ...options, labelNames: [...labelNames], ...(buckets && { buckets }), registers: [this.registry] }), seriesMax);
  }

  private known<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}
