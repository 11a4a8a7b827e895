import { holm } from '@ratchet/stats';
import type { Arms, Units } from './experiment-counts.js';
import { isTolerated, openLook } from './looks.js';
import { rateDifferenceOf } from './rate-difference.js';
import type { Reading, ReadOutRequest } from './read-out.js';

const SEGMENTS_MAX = 20;
const UNITS_MIN = 50;
/** Name of what is left beside the largest segments. */
export const OTHER_SEGMENT = 'other';

type Segment = Arms<Units> & { readonly segment: string };

const sum = (a: Units, b: Units): Units => ({ units: a.units + b.units, failed: a.failed + b.failed });

/** The largest segments by themselves, all others together. Sizes choose, outcomes do not. */
const largest = (segments: readonly Segment[]): readonly Segment[] => {
  const size = ({ control, treatment }: Segment): number => control.units + treatment.units;
  const sorted = segments.filter(({ segment }) => segment !== OTHER_SEGMENT).sort((a, b) => size(b) - size(a) || (a.segment < b.segment ? -1 : 1));
  const rest = [...sorted.slice(SEGMENTS_MAX), ...segments.filter(({ segment }) => segment === OTHER_SEGMENT)];
  const other = rest.reduce<Segment | undefined>((all, { control, treatment }) => ({ segment: OTHER_SEGMENT, control: sum(all?.control ?? { units: 0, failed: 0 }, control), treatment: sum(all?.treatment ?? { units: 0, failed: 0 }, treatment) }), undefined);
  return [...sorted.slice(0, SEGMENTS_MAX), ...(other ? [other] : [])];
};

const wider = (effect: Arms<number> | undefined): number => Math.max(1, effect?.control ?? 1, effect?.treatment ?? 1);

/**
 * By segment, always valid whatever the plan, since segments are looked at when people like: intervals at alpha over their number (Bonferroni), p-values
 * by Holm. They explain, and never overrule the whole.
 */
export const segmentsOf = ({ counts, alpha, margin }: Pick<ReadOutRequest, 'counts' | 'alpha' | 'margin'>): Reading['segments'] => {
  const segments = largest(counts.segments);
  const effect = wider(counts.designEffect);
  const read = segments.map(({ control, treatment }) => {
    const { difference, variance } = rateDifferenceOf({ control, treatment });
    const result = openLook({ difference, variance: variance * effect }, { units: Math.max(1, (control.units + treatment.units) / effect), alpha: alpha / segments.length });
    const isSmall = Math.min(control.units, treatment.units) < UNITS_MIN;
    return { difference, ...(isSmall ? { lower: -1, upper: 1, pValue: 1 } : result) };
  });
  const adjusted = holm(read.map(({ pValue }) => pValue));
  return segments.map(({ segment, control, treatment }, i) => {
    const { difference = 0, lower = -1, upper = 1 } = read[i] ?? {};
    const pValue = adjusted[i] ?? 1;
    const tolerated = margin * (control.units === 0 ? 0 : 1 - control.failed / control.units);
    const winner = difference > 0 ? 'treatment_wins' : 'control_wins';
    const other = isTolerated({ lower, upper }, tolerated) ? 'no_difference' : 'inconclusive';
    return { segment, control, treatment, difference, lower, upper, pValue, verdict: pValue < alpha ? winner : other };
  });
};
