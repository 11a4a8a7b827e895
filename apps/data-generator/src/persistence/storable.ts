/** PostgreSQL stores neither a zero character nor half of a surrogate pair. */
export const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** A value as JSON that a jsonb column takes, whatever a model or a person wrote. */
export const storableJson = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storable(part) : part));
