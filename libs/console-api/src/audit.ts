import { z } from 'zod';

export const chainNames = ['cycles', 'decisions'] as const;
export const chainNameSchema = z.enum(chainNames);
export type ChainName = z.infer<typeof chainNameSchema>;

/** PostgreSQL takes no NUL and no halves of surrogate pairs. */
const filterText = z.string().min(1).max(500).refine((text) => !text.includes('\u0000') && text.isWellFormed(), 'has characters that no record has');
/** A four-digit year from 1000 on, and a zone that every database reads. */
const moment = z.iso.datetime({ offset: true }).regex(/^[1-9]\d{3}-.*(?:Z|[+-](?:0\d|1[0-4]):\d\d)$/);

export const auditQuerySchema = z.object({
  kind: filterText.optional(),
  actor: filterText.optional(),
  model: filterText.optional(),
  workload: filterText.optional(),
  cycle: filterText.optional(),
  from: moment.optional(),
  to: moment.optional(),
  after: z.string().max(2_000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

export const auditExportQuerySchema = z.object({ chain: chainNameSchema.default('cycles') });

export const auditEntrySchema = z.object({ sequence: z.number().int().positive(), previousHash: z.string(), hash: z.string(), record: z.record(z.string(), z.unknown()), recordedAt: z.string() });
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditPageSchema = z.object({ items: z.array(auditEntrySchema), next: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPageSchema>;

const headSchema = z.object({ sequence: z.number().int().nonnegative(), hash: z.string() });
/** `verified` records at the end of the chain follow each other; `problem` says what is wrong where one does not. */
export const chainStateSchema = headSchema.extend({ verified: z.number().int().nonnegative(), problem: z.string().nullable() });
export type ChainState = z.infer<typeof chainStateSchema>;
export const auditStateSchema = z.object({
  cycles: chainStateSchema,
  decisions: chainStateSchema,
  anchor: z.object({ cycles: headSchema, decisions: headSchema, anchoredAt: z.string() }).nullable(),
  verifiedAt: z.string(),
});
export type AuditState = z.infer<typeof auditStateSchema>;
