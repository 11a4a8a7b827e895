import { idSchema } from '@ratchet/domain';
import type { FastifyRequest } from 'fastify';
import type { FeedbackContext } from './feedback-event.js';

/** Clients made for others know no headers of ours, but a product may add them; one that is no id is left alone. */
export const contextOf = ({ headers }: FastifyRequest): FeedbackContext => {
  const idOf = (name: string): string | undefined => idSchema.safeParse(headers[name]).data;
  return { now: new Date().toISOString(), userId: idOf('x-ratchet-user'), workload: idOf('x-ratchet-workload') };
};
