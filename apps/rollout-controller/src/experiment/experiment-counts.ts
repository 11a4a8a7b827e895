/** Of the units that have a covariate x, known before they were assigned; y is 1 where the unit failed. */
export interface CovariateSums {
  readonly count: number;
  readonly sumX: number;
  readonly sumXX: number;
  readonly sumY: number;
  readonly sumXY: number;
}

/** What was counted for one arm. */
export interface ArmCounts {
  readonly units: number;
  readonly failed: number;
  readonly requests: number;
  readonly errors: number;
  readonly unsafe: number;
  readonly covariate: CovariateSums;
}

export interface Arms<Value> {
  readonly control: Value;
  readonly treatment: Value;
}

export interface ExperimentCounts {
  readonly control: ArmCounts;
  readonly treatment: ArmCounts;
  /** By segment, largest first; units without one are in none. */
  readonly segments: readonly { readonly segment: string; readonly control: Units; readonly treatment: Units }[];
  /** Where users are the assignment unit: how much more the outcomes of an arm vary than independent ones would. */
  readonly designEffect?: Arms<number>;
  /** Where users are the assignment unit: how many of them each arm got. */
  readonly assigned?: Arms<number>;
  /** When an arm's counts last arrived, in epoch milliseconds. */
  readonly lastDataAt: number | null;
}

export interface Units {
  readonly units: number;
  readonly failed: number;
}

export const noCovariate: CovariateSums = { count: 0, sumX: 0, sumXX: 0, sumY: 0, sumXY: 0 };
export const noCounts: ArmCounts = { units: 0, failed: 0, requests: 0, errors: 0, unsafe: 0, covariate: noCovariate };
export const nothingCounted: ExperimentCounts = { control: noCounts, treatment: noCounts, segments: [], lastDataAt: null };
