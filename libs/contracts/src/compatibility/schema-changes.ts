/** What is looked at of a JSON Schema (draft 7) as zod writes it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly [keyword: string]: unknown;
}

/**
 * `narrowed`: what was written by the last release, and still lies in its topic, is refused by the new one. `widened`: what the new release
 * writes is refused by services of the last one, which run beside it during an update.
 */
export type ChangeKind = 'removed' | 'newly required' | 'no longer required' | 'narrowed' | 'widened';

export interface SchemaChange {
  /** Such as `ratchet.feedback.given: ratings.accuracy`. */
  readonly at: string;
  readonly kind: ChangeKind;
  readonly what: string;
}

const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
const RULES = ['pattern', 'format'];
/** Keywords whose changes are understood; a schema with any other is not waved through. */
const UNDERSTOOD = new Set(['type', 'properties', 'required', 'additionalProperties', 'propertyNames', 'items', 'anyOf', 'oneOf', 'enum', 'const', 'default', 'description', 'title', '$schema', ...LOWER_BOUNDS, ...UPPER_BOUNDS, ...RULES]);

const variantsOf = (schema: JsonSchema): readonly JsonSchema[] => {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.flatMap(variantsOf);
  return Array.isArray(schema.type) ? (schema.type as readonly string[]).map((type) => ({ ...schema, type })) : [schema];
};

const valuesOf = (schema: JsonSchema): readonly string[] | undefined => {
  const values = 'const' in schema ? [schema.const] : schema.enum;
  return values?.map((value) => JSON.stringify(value));
};

const change = (at: string, kind: ChangeKind, what: string): SchemaChange => ({ at, kind, what });
const below = (at: string, name: string): string => (/: $/.test(at) ? `${at}${name}` : `${at}.${name}`);

const changesOfValues = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] => {
  const [was, is] = [valuesOf(before), valuesOf(after)];
  if (!was && !is) return [];
  if (!was) return [change(at, 'narrowed', `only ${is?.join(', ')} may be written now`)];
  if (!is) return [change(at, 'widened', `other values than ${was.join(', ')} may be written now`)];
  return [
    ...was.filter((value) => !is.includes(value)).map((value) => change(at, 'narrowed', `the value ${value} is gone`)),
    ...is.filter((value) => !was.includes(value)).map((value) => change(at, 'widened', `the value ${value} is new`)),
  ];
};

const changesOfTypes = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] => {
  const [was, is] = [before.type as string | undefined, after.type as string | undefined];
  if (was === is) return [];
  const what = `its type was ${was ?? 'any'} and is ${is ?? 'any'}`;
  if (is === undefined || (was === 'integer' && is === 'number')) return [change(at, 'widened', what)];
  return [change(at, 'narrowed', what)];
};

const changesOfBounds = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] =>
  [...LOWER_BOUNDS.map((name) => ({ name, isLower: true })), ...UPPER_BOUNDS.map((name) => ({ name, isLower: false }))].flatMap(({ name, isLower }) => {
    const none = isLower ? -Infinity : Infinity;
    const [was, is] = [(before[name] as number | undefined) ?? none, (after[name] as number | undefined) ?? none];
    if (was === is) return [];
    return [change(at, is > was === isLower ? 'narrowed' : 'widened', `${name} was ${Number.isFinite(was) ? was : 'not set'} and is ${Number.isFinite(is) ? is : 'not set'}`)];
  });

/** Whether one pattern allows all that another does is not decided: another pattern is a narrower one. */
const changesOfRules = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] =>
  RULES.filter((name) => before[name] !== after[name]).map((name) =>
    change(at, after[name] === undefined ? 'widened' : 'narrowed', `${name} was ${String(before[name] ?? 'not set')} and is ${String(after[name] ?? 'not set')}`),
  );

const changesOfObjects = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] => {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}];
  const required = { before: new Set(before.required), after: new Set(after.required) };
  const ofKnown = Object.entries(was).flatMap(([name, schema]) => {
    const next = is[name];
    if (!next) return [change(below(at, name), 'removed', 'readers of it get nothing')];
    return [
      ...(required.after.has(name) && !required.before.has(name) ? [change(below(at, name), 'newly required', 'records that lack it are refused')] : []),
      ...(required.before.has(name) && !required.after.has(name) ? [change(below(at, name), 'no longer required', 'readers of the last release refuse records that lack it')] : []),
      ...schemaChanges(schema, next, below(at, name)),
    ];
  });
  const ofNew = Object.keys(is)
    .filter((name) => !(name in was))
    .flatMap((name) => [
      ...(required.after.has(name) ? [change(below(at, name), 'newly required', 'records that lack it are refused')] : []),
      ...(before.additionalProperties === false ? [change(below(at, name), 'widened', 'readers of the last release refuse further fields')] : []),
    ]);
  return [...ofKnown, ...ofNew, ...changesOfFurtherFields(before, after, at)];
};

const changesOfFurtherFields = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] => {
  const [was, is] = [before.additionalProperties ?? true, after.additionalProperties ?? true];
  if (was === is) return [];
  if (was === false) return [change(at, 'widened', 'further fields are allowed now')];
  if (is === false) return [change(at, 'narrowed', 'further fields are refused now')];
  return schemaChanges(was === true ? {} : was, is === true ? {} : is, below(at, '*'));
};

/** The variants that name themselves by the same constants belong together, such as those of one `kind`; others by their place. */
const counterpartOf = (variant: JsonSchema, place: number, others: readonly JsonSchema[]): JsonSchema | undefined => {
  const signOf = (one: JsonSchema): string => JSON.stringify([one.type, Object.entries(one.properties ?? {}).flatMap(([name, { const: value }]) => (value === undefined ? [] : [[name, value]]))]);
  const alike = others.filter((other) => signOf(other) === signOf(variant));
  return alike.length > 1 ? (alike.find((other) => schemaChanges(variant, other, '').length === 0) ?? others[place]) : alike[0];
};

const changesOfVariants = (before: readonly JsonSchema[], after: readonly JsonSchema[], at: string): SchemaChange[] => {
  const met = new Set<JsonSchema>();
  const ofKnown = before.flatMap((variant, place) => {
    const counterpart = counterpartOf(variant, place, after);
    if (!counterpart) return [change(at, 'narrowed', `a variant is gone: ${JSON.stringify(variant).slice(0, 120)}`)];
    met.add(counterpart);
    return schemaChanges(variant, counterpart, at);
  });
  return [...ofKnown, ...after.filter((variant) => !met.has(variant)).map((variant) => change(at, 'widened', `a variant is new: ${JSON.stringify(variant).slice(0, 120)}`))];
};

/** What differs between two versions of a schema, other than optional fields that are new. */
export const schemaChanges = (before: JsonSchema, after: JsonSchema, at: string): SchemaChange[] => {
  for (const keyword of [...Object.keys(before), ...Object.keys(after)]) {
    if (!UNDERSTOOD.has(keyword)) throw new RangeError(`${at}: changes of the keyword ${keyword} are not understood; teach them to schema-changes.ts`);
  }
  const [was, is] = [variantsOf(before), variantsOf(after)];
  if (was.length > 1 || is.length > 1) return changesOfVariants(was, is, at);
  const [old, next] = [was[0] ?? {}, is[0] ?? {}];
  const ofType = [...changesOfTypes(old, next, at), ...changesOfValues(old, next, at)];
  // Of another type, all its rules differ; one line says it.
  if (old.type !== next.type && old.type !== undefined && next.type !== undefined) return ofType;
  return [
    ...ofType,
    ...changesOfBounds(old, next, at),
    ...changesOfRules(old, next, at),
    ...changesOfObjects(old, next, at),
    ...(old.items || next.items ? schemaChanges(old.items ?? {}, next.items ?? {}, `${at}[]`) : []),
    ...(old.propertyNames || next.propertyNames ? schemaChanges(old.propertyNames ?? {}, next.propertyNames ?? {}, `${at} (names)`) : []),
  ];
};
