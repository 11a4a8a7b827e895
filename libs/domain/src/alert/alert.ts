import { z } from 'zod';
import { defineEvent, idSchema, instantSchema } from '../event/event-definition.js';

export const alertRaised = defineEvent(
  'ratchet.alert.raised',
  z.object({
    alertId: idSchema,
    workload: idSchema,
    name: idSchema,
    severity: z.enum(['info', 'warning', 'critical']),
    message: z.string(),
    raisedAt: instantSchema,
  }),
);
export type AlertRaised = z.infer<typeof alertRaised.schema>;

export const alertResolved = defineEvent('ratchet.alert.resolved', z.object({ alertId: idSchema, workload: idSchema, name: idSchema, message: z.string(), resolvedAt: instantSchema }));
export type AlertResolved = z.infer<typeof alertResolved.schema>;
