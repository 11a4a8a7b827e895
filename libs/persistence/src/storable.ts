const NUL = /\u0000/g;

/**
 * A JSON value as PostgreSQL can store it: text and jsonb refuse NUL (U+0000), and jsonb halves of surrogate pairs, so each becomes U+FFFD, in strings and in names of fields.
 * Where nothing is replaced, strings are as they were; the value itself is not changed.
 */
export const storable = <T>(value: T): T => {
  if (typeof value === 'string') return value.replace(NUL, '\uFFFD').toWellFormed() as T;
  if (Array.isArray(value)) return value.map((item: unknown) => storable(item)) as T;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [storable(name), storable<unknown>(part)])) as T;
  }
  return value;
};

/** As the text of a jsonb parameter. */
export const storableJson = (value: unknown): string => JSON.stringify(storable(value));
