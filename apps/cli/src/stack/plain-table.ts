import Table from 'cli-table3';

/** A table without colours and without a line between rows. */
export const plainTable = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const table = new Table({ head: [...head], style: { head: [], border: [] }, chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' } });
  for (const row of rows) table.push([...row]);
  return table.toString();
};
