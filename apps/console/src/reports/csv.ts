import type { Cell, Section } from '@ratchet/console-api';

const textOf = (cell: Cell): string => (cell === null ? '' : typeof cell === 'object' ? cell.text : String(cell));

/** A number stays one; any other cell that a spreadsheet would take for a formula begins with an apostrophe. */
const fieldOf = (cell: Cell): string => {
  const text = typeof cell !== 'number' && /^[=+\-@\t\r]/u.test(textOf(cell)) ? `'${textOf(cell)}` : textOf(cell);
  return /[",\r\n]/u.test(text) ? `"${text.replace(/"/gu, '""')}"` : text;
};

/** RFC 4180. */
export const csvOf = ({ columns, rows }: Pick<Section, 'columns' | 'rows'>): string =>
  [columns.map(({ title }) => title), ...rows].map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('');
