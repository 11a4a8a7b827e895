import { z } from 'zod';

/** JSON Schema of each of the zod schemas, by name. */
export const jsonSchemasOf = (schemas) =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, ...definition } = z.toJSONSchema(schema);
      return [name, definition];
    }),
  );
