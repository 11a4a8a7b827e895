/** A JSON value as PostgreSQL takes it: in strings and names, U+FFFD stands for NUL and for halves of surrogate pairs. */
export const storable = <Value>(value: Value): Value => {
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD').toWellFormed() as Value;
  if (Array.isArray(value)) return value.map((item) => storable(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [storable(name), storable(field)])) as Value;
};
