import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

interface MetricOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Bounded sets only: names of signals, stages, reasons; never ids. */
  readonly labelNames?: readonly Label[];
}

/** The process's metrics; asking twice for a name gives the same metric. */
export class Metrics {
  readonly registry = new Registry();

  static forProcess(): Metrics {
    const metrics = new Metrics();
    collectDefaultMetrics({ register: metrics.registry });
    return metrics;
  }

  counter<Label extends string = string>({ name, help, labelNames = [] }: MetricOptions<Label>): Counter<Label> {
    return this.known<Counter<Label>>(name) ?? new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  gauge<Label extends string = string>({ name, help, labelNames = [] }: MetricOptions<Label>): Gauge<Label> {
    return this.known<Gauge<Label>>(name) ?? new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  histogram<Label extends string = string>({ name, help, labelNames = [], buckets }: MetricOptions<Label> & { readonly buckets?: number[] }): Histogram<Label> {
    return this.known<Histogram<Label>>(name) ?? new Histogram({ name, help, labelNames: [...labelNames], ...(buckets && { buckets }), registers: [this.registry] });
  }

  private known<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}
