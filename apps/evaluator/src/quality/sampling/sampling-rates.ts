import type { Stratum } from './sample.js';

/** The rate of a stratum; `boosts` are the higher rates of single streams (`relevance`, `relevance:judge`) that are looked at closely. */
export interface StratumRate extends Stratum {
  readonly rate: number;
  readonly boosts: Readonly<Record<string, number>>;
}

export interface SamplingPlan {
  /** Rate at which a stream's scores are taken. */
  readonly rateOf: (stream: string) => number;
  /** 0 to 1: makes scores of arms that are sampled at different rates stand for the version's whole traffic. */
  readonly weightOf: (stream: string) => number;
  /** Of all streams. */
  readonly highest: number;
}

/** Before its traffic is counted a stratum is sampled at least at this rate: it is new, and what is new needs a look. */
const UNCOUNTED_RATE = 0.25;

const keyOf = ({ model, workload, version, arm }: Stratum): string => JSON.stringify([model, workload, version, arm]);
const versionKeyOf = ({ model, workload, version }: Stratum): string => JSON.stringify([model, workload, version]);

const rateOf = ({ rate, boosts }: Pick<StratumRate, 'rate' | 'boosts'>, stream: string): number => Math.max(rate, boosts[stream] ?? 0);

/** The rates that hold now, as this process last read them. */
export class SamplingRates {
  private base = 0;
  private plans = new Map<string, SamplingPlan>();
  private byVersion = new Map<string, readonly StratumRate[]>();
  private highestKnown = 0;

  /** The rate of strata that nothing else is known of; 0 turns sampling off. */
  startAt(base: number): this {
    this.base = base;
    this.plans.clear();
    return this;
  }

  replace(rows: readonly StratumRate[]): void {
    this.byVersion = new Map();
    for (const row of rows) this.byVersion.set(versionKeyOf(row), [...(this.byVersion.get(versionKeyOf(row)) ?? []), row]);
    this.plans = new Map(rows.map((row) => [keyOf(row), this.planOf(row)]));
    this.highestKnown = rows.reduce((most, row) => Math.max(most, row.rate, ...Object.values(row.boosts)), 0);
  }

  /** Of all strata. */
  get highest(): number {
    return Math.max(this.highestKnown, this.uncounted);
  }

  of(stratum: Stratum): SamplingPlan {
    const known = this.plans.get(keyOf(stratum));
    if (known) return known;
    return this.planOf({ ...stratum, rate: this.uncounted, boosts: {} });
  }

  private get uncounted(): number {
    return this.base === 0 ? 0 : Math.max(this.base, UNCOUNTED_RATE);
  }

  private planOf(row: StratumRate): SamplingPlan {
    const siblings = this.byVersion.get(versionKeyOf(row)) ?? [];
    return {
      rateOf: (stream) => rateOf(row, stream),
      weightOf: (stream) => {
        const own = rateOf(row, stream);
        const others = siblings.map((sibling) => rateOf(sibling, stream)).filter((rate) => rate > 0);
        return own === 0 ? 1 : Math.min(1, ...others.map((rate) => rate / own));
      },
      highest: Math.max(row.rate, ...Object.values(row.boosts)),
    };
  }
}
