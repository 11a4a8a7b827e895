import { z } from 'zod';

export const severities = ['info', 'warning', 'critical'] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;

const limitSchema = z.coerce.number().int().min(1).max(200).default(50);
const cursorSchema = z.string().regex(/^[\w.:-]{1,100}~[^\u0000]{1,400}$/u).optional();
const nameSchema = z.string().regex(/^[^\u0000]{1,200}$/u);

export const alertQuerySchema = z.object({ state: z.enum(['open', 'past', 'all']).default('all'), severity: severitySchema.optional(), workload: nameSchema.optional(), next: cursorSchema, limit: limitSchema });
export type AlertQuery = z.infer<typeof alertQuerySchema>;

export const alertShownSchema = z.object({
  alertId: z.string(),
  workload: z.string(),
  name: z.string(),
  severity: severitySchema,
  message: z.string(),
  /** `happened`: it tells of one moment, and nothing resolves it. */
  state: z.enum(['open', 'resolved', 'happened']),
  raisedAt: z.string(),
  resolvedAt: z.string().nullable(),
  acknowledged: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
});
export type AlertShown = z.infer<typeof alertShownSchema>;
export const alertPageSchema = z.object({ items: z.array(alertShownSchema), next: z.string().nullable() });

export const acknowledgeSchema = z.strictObject({ reason: z.string().trim().min(1).max(2_000) });

export const deliveryQuerySchema = z.object({ state: z.enum(['waiting', 'delivered', 'gave_up', 'withdrawn']).optional(), next: z.string().regex(/^\d{1,18}$/).optional(), limit: limitSchema });
export type DeliveryQuery = z.infer<typeof deliveryQuerySchema>;
export const deliveryShownSchema = z.object({
  deliveryId: z.string(),
  receiver: z.string(),
  type: z.string(),
  state: z.enum(['waiting', 'delivered', 'gave_up', 'withdrawn']),
  attempts: z.number().int(),
  createdAt: z.string(),
  lastAttemptAt: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  response: z.string().nullable(),
  sentAgainBy: z.string().nullable(),
});
export type DeliveryShown = z.infer<typeof deliveryShownSchema>;
export const deliveryPageSchema = z.object({ items: z.array(deliveryShownSchema), next: z.string().nullable() });

export const channelShownSchema = z.object({
  name: z.string(),
  type: z.enum(['slack', 'email', 'webhook']),
  /** An origin, or addresses: no path and no secret. */
  where: z.string(),
  severities: z.array(z.string()),
  workloads: z.array(z.string()).nullable(),
  waiting: z.number().int(),
  /** When it began to give up, where it has delivered nothing since. */
  failingSince: z.string().nullable(),
  /** Its receiver wants nothing more at this address. */
  ended: z.boolean(),
});
export type ChannelShown = z.infer<typeof channelShownSchema>;
export const channelsSchema = z.object({ items: z.array(channelShownSchema) });

export const testResultSchema = z.object({ ok: z.boolean(), status: z.number().int().nullable(), error: z.string().nullable(), response: z.string().nullable() });
export type TestResult = z.infer<typeof testResultSchema>;
