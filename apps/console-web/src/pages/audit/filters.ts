export const filterFields = [
  { name: 'kind', label: 'Kind' },
  { name: 'actor', label: 'Actor' },
  { name: 'model', label: 'Model' },
  { name: 'workload', label: 'Workload' },
  { name: 'cycle', label: 'Cycle' },
] as const;

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The moment in the reader's time zone at which the day begins, `days` later; undefined for what is no day. */
const midnightOf = (day: string | null, days: number): string | undefined => {
  if (day === null || !DAY.test(day)) return undefined;
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + days);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};

export const startOfDay = (day: string | null): string | undefined => midnightOf(day, 0);
/** The first moment after the day. */
export const endOfDay = (day: string | null): string | undefined => midnightOf(day, 1);
