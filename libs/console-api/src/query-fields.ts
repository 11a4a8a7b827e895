import { z } from 'zod';

/** A name or an id that is asked for: PostgreSQL takes no NUL, so nothing is called by one. */
export const nameField = z.string().min(1).max(200).regex(/^[^\u0000]*$/u, 'may not hold a NUL');

/** How long lists are read, page by page. */
export const pagingFields = {
  /** The `next` of the page before. */
  after: z.string().min(1).max(1_000).regex(/^[A-Za-z0-9_-]+$/u, 'is no `next` of a page').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
