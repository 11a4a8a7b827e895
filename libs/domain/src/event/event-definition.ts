import { z } from 'zod';

/** An event type and the zod schema of its `data`: the one source of its TypeScript type, run-time check and JSON Schema. */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly schema: Schema;
}

export type EventData<D extends EventDefinition> = z.infer<D['schema']>;

export const defineEvent = <Type extends string, Schema extends z.ZodType>(type: Type, schema: Schema): EventDefinition<Type, Schema> => ({
  type,
  schema,
});

/** Ids come from products too, so any non-empty string up to 200 characters is one. */
export const idSchema = z.string().min(1).max(200);
export const instantSchema = z.iso.datetime({ offset: true });
export const shareSchema = z.number().min(0).max(1);
export const countSchema = z.number().int().nonnegative();
