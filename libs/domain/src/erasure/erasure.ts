import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

/** What the removal of a user's data found. The user is named by a hash alone, since this record outlives the data. */
export const erasureCompleted = defineEvent(
  'ratchet.erasure.completed',
  z.object({
    erasureId: idSchema,
    ...targetFields,
    service: z.string().min(1),
    /** SHA-256 of the user id. */
    userHash: z.string(),
    /** Rows removed, by what they were. */
    removed: z.record(z.string(), countSchema),
    /** Examples and review items that are gone. Where there are more, further events of the same erasure name them. */
    exampleIds: z.array(idSchema).max(10_000),
    /** The user's interactions, for services that know interactions and no users. */
    interactionIds: z.array(idSchema).max(10_000).optional(),
    /** Datasets that held their examples; later versions do not. */
    datasetIds: z.array(idSchema),
    /** Versions that were trained on these datasets. */
    versions: z.array(idSchema),
    completedAt: instantSchema,
  }),
);
export type ErasureCompleted = z.infer<typeof erasureCompleted.schema>;
