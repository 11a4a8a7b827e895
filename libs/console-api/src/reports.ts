import { z } from 'zod';

export const reportKinds = ['daily', 'weekly', 'monthly'] as const;
export const reportKindSchema = z.enum(reportKinds);
export type ReportKind = z.infer<typeof reportKindSchema>;

const DAY_MS = 86_400_000;
/** How long after its end a report may wait for a signature. */
export const dueAfterDays: Readonly<Record<ReportKind, number>> = { daily: 1, weekly: 3, monthly: 7 };

export interface Span {
  /** Epoch milliseconds, UTC. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Monday of ISO week 1, which holds 4 January. */
const firstMonday = (year: number): number => {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
};

/** The period that holds a moment: `2026-11-23`, `2026-W47`, `2026-11`. */
export const periodOf = (kind: ReportKind, ms: number): string => {
  if (kind === 'daily') return dayOf(ms);
  if (kind === 'monthly') return dayOf(ms).slice(0, 7);
  // A week belongs to the year of its Thursday.
  const monday = ms - ((new Date(ms).getUTCDay() + 6) % 7) * DAY_MS;
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const week = Math.floor((monday - firstMonday(year)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
};

const patterns = { daily: /^(\d{4})-(\d{2})-(\d{2})$/u, weekly: /^(\d{4})-W(\d{2})$/u, monthly: /^(\d{4})-(\d{2})$/u } as const;

/** Undefined for what is no period of this kind. */
export const spanOf = (kind: ReportKind, period: string): Span | undefined => {
  const [, year = 0, part = 0, day = 1] = patterns[kind].exec(period)?.map(Number) ?? [];
  if (year < 1970) return undefined;
  const from = kind === 'weekly' ? firstMonday(year) + (part - 1) * 7 * DAY_MS : Date.UTC(year, part - 1, day);
  const to = kind === 'monthly' ? Date.UTC(year, part, 1) : from + (kind === 'weekly' ? 7 : 1) * DAY_MS;
  return periodOf(kind, from) === period ? { from, to } : undefined;
};

const cellSchema = z.union([z.string(), z.number(), z.null(), z.object({ text: z.string(), href: z.string() })]);
export type Cell = z.infer<typeof cellSchema>;
export const sectionSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** In words, what stands out or what is left out. */
  notes: z.array(z.string()),
  /** `when` holds ISO times, `number` numbers. */
  columns: z.array(z.object({ title: z.string(), type: z.enum(['text', 'number', 'when']) })),
  rows: z.array(z.array(cellSchema)),
});
export type Section = z.infer<typeof sectionSchema>;

/** What is frozen when somebody signs. */
export const reportContentSchema = z.object({ kind: reportKindSchema, period: z.string(), from: z.string(), to: z.string(), sections: z.array(sectionSchema) });
export type ReportContent = z.infer<typeof reportContentSchema>;

export const signatureSchema = z.object({ signer: z.string(), role: z.string(), note: z.string(), signedAt: z.string() });
export const frozenReportSchema = z.object({
  /** SHA-256 of the content's canonical JSON, in hexadecimal digits. */
  hash: z.string(),
  frozenAt: z.string(),
  content: reportContentSchema,
  signatures: z.array(signatureSchema),
});
export type FrozenReport = z.infer<typeof frozenReportSchema>;

export const reportSchema = z.object({
  closed: z.boolean(),
  /** As the facts are now. */
  present: z.object({ hash: z.string(), content: reportContentSchema }),
  /** Contents that were signed, the first one first. */
  frozen: z.array(frozenReportSchema),
});
export type Report = z.infer<typeof reportSchema>;

export const reportExportSchema = z.object({ hash: z.string(), content: reportContentSchema, signatures: z.array(signatureSchema), frozenAt: z.string().nullable() });

export const signOrderSchema = z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/u), note: z.string().trim().max(2_000).default('') });
export type SignOrder = z.infer<typeof signOrderSchema>;

export const reportListQuerySchema = z.object({ kind: reportKindSchema.default('daily'), next: z.string().regex(/^\d{4}-(W?\d{2}|\d{2}-\d{2})$/u).optional(), limit: z.coerce.number().int().min(1).max(60).default(14) });
export type ReportListQuery = z.infer<typeof reportListQuerySchema>;
export const reportListedSchema = z.object({ kind: reportKindSchema, period: z.string(), from: z.string(), to: z.string(), closed: z.boolean(), overdue: z.boolean(), signers: z.array(z.string()) });
export type ReportListed = z.infer<typeof reportListedSchema>;
export const reportListSchema = z.object({ items: z.array(reportListedSchema), next: z.string().nullable() });
export const overdueSchema = z.object({ items: z.array(reportListedSchema) });
