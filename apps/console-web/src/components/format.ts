import type { GateReport } from '@ratchet/console-api';

type Gate = GateReport['gates'][number];

/** Four significant digits, without an exponent where it can be read. */
export const shortNumber = (value: number): string => (value === 0 ? '0' : Math.abs(value) >= 0.0001 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2));

/** `value ± half-width (n)`. */
export const measured = ({ value, halfWidth, n }: Pick<Gate, 'value' | 'halfWidth' | 'n'>): string =>
  value === null ? `not measured (${n})` : `${shortNumber(value)}${halfWidth === null ? '' : ` ± ${shortNumber(halfWidth)}`} (${n})`;

/** `old_name` as words. */
export const words = (name: string): string => name.replaceAll('_', ' ');

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

export const dollars = (usd: number | null): string => (usd === null ? '–' : `$${usd < 0.01 && usd > 0 ? usd.toPrecision(2) : usd.toFixed(2)}`);

/** A span of time to the precision that a person wants. */
export const duration = (seconds: number | null): string => {
  if (seconds === null) return '–';
  if (seconds < 60) return `${shortNumber(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

export const versionPath = ({ model, workload, version }: { readonly model: string; readonly workload: string; readonly version: string }): string => `/versions/${[model, workload, version].map(encodeURIComponent).join('/')}`;

const goodStates: ReadonlySet<string> = new Set(['passed', 'promoted']);
const badStates: ReadonlySet<string> = new Set(['failed', 'rejected', 'rolled back', 'training failed']);

/** A colour beside the word, never instead of it. */
export const colorOf = (state: string): string => (goodStates.has(state) ? 'green' : badStates.has(state) ? 'red' : state === 'superseded' ? 'gray' : 'yellow');
