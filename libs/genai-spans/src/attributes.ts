/** What JSON, or a decoder that gives the same shapes, holds where an object is expected. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Values nest in a few levels; deeper ones are hostile. */
const DEPTH_MAX = 32;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
};

const entriesOf = (values: unknown, depth: number): [string, unknown][] =>
  listOf(values).flatMap((entry): [string, unknown][] => {
    if (!isObject(entry) || typeof entry['key'] !== 'string') return [];
    const value = plainValue(entry['value'], depth);
    return value === undefined ? [] : [[entry['key'], value]];
  });

/** OTLP's AnyValue as a plain value; 64-bit integers become numbers. Undefined where there is none, or where it nests too deeply. */
export const plainValue = (any: unknown, depth = 0): unknown => {
  if (!isObject(any) || depth > DEPTH_MAX) return undefined;
  if (typeof any['stringValue'] === 'string') return any['stringValue'];
  if (typeof any['boolValue'] === 'boolean') return any['boolValue'];
  if (any['intValue'] !== undefined) return numberOf(any['intValue']);
  if (any['doubleValue'] !== undefined) return numberOf(any['doubleValue']);
  if (isObject(any['arrayValue'])) return listOf(any['arrayValue']['values']).map((value) => plainValue(value, depth + 1));
  if (isObject(any['kvlistValue'])) return Object.fromEntries(entriesOf(any['kvlistValue']['values'], depth + 1));
  return undefined;
};

/** The JSON in a text; undefined where it is none. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Attributes of a span, an event or a resource, read by the names that several dialects give to one thing: the first that fits is taken. */
export class Attributes {
  private constructor(private readonly values: ReadonlyMap<string, unknown>) {}

  /** @param list OTLP's list of `{key, value: AnyValue}`; whatever else there is in it is passed over */
  static of(list: unknown): Attributes {
    return new Attributes(new Map(entriesOf(list, 0)));
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  value(name: string): unknown {
    return this.values.get(name);
  }

  /** The first non-empty text; numbers count as text, since some products number their users. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.values.get(name);
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number') return String(value);
    }
    return undefined;
  }

  /** The first number that is neither negative nor infinite. */
  amount(...names: readonly string[]): number | undefined {
    for (const name of names) {
      const number = numberOf(this.values.get(name));
      if (number !== undefined && Number.isFinite(number) && number >= 0) return number;
    }
    return undefined;
  }

  /** Objects and arrays, be they attributes or JSON in a text attribute. */
  structured(name: string): unknown {
    const value = this.values.get(name);
    const parsed = typeof value === 'string' ? parsedJson(value) : value;
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  }

  /** `PREFIX.0.role`, `PREFIX.0.content`, `PREFIX.1.role` and so on as one object an index, in order, by the rest of the name. */
  indexed(prefix: string): JsonObject[] {
    const found = new Map<number, Record<string, unknown>>();
    for (const [name, value] of this.values) {
      if (!name.startsWith(prefix) || name[prefix.length] !== '.') continue;
      const match = INDEX_AND_REST.exec(name.slice(prefix.length + 1));
      if (match === null) continue;
      const index = Number(match[1]);
      const entry = found.get(index) ?? (Object.create(null) as Record<string, unknown>);
      entry[match[2] ?? ''] = value;
      found.set(index, entry);
    }
    return [...found].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }
}

const INDEX_AND_REST = /^(\d{1,5})\.(.+)$/u;
