import type { Cell, Section } from '@ratchet/console-api';
import { ROWS_MAX } from './report-rows.js';

type Type = Section['columns'][number]['type'];

interface Made<T> {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly T[];
  readonly notes?: readonly string[];
  /** Title, type and value of each column. */
  readonly columns: readonly (readonly [title: string, type: Type, cell: (row: T) => Cell])[];
}

/** A table of a report; where there are more rows than it takes, it says so. */
export const section = <T>({ id, title, rows, notes = [], columns }: Made<T>): Section => ({
  id,
  title,
  notes: [...notes, ...(rows.length >= ROWS_MAX ? [`Only ${ROWS_MAX} rows are shown; there may be more.`] : [])],
  columns: columns.map(([name, type]) => ({ title: name, type })),
  rows: rows.map((row) => columns.map(([, , cell]) => cell(row))),
});

export const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;
export const linkTo = (text: string, ...path: readonly string[]): Cell => ({ text, href: `/${path.map(encodeURIComponent).join('/')}` });
/** Four digits are what a reader compares. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
export const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
