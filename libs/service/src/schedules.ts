import { createHash } from 'node:crypto';
import type { Cron } from '@ratchet/persistence';
import { z } from 'zod';
import { jsonVariable } from './json-variable.js';

/** Five fields of a crontab, UTC. */
export const cronPatternSchema = z.string().regex(/^[0-9*/,-]+(?:\s+[0-9*/,-]+){4}$/u, 'is no crontab pattern of five fields, such as "0 3 * * *"');

/** A variable with the patterns of those that have their own, by name. */
export const cronPatternsVariable = jsonVariable(z.record(z.string().min(1).max(200), cronPatternSchema), { example: '{"support": "0 */6 * * *"}' });

type Patterns = Readonly<Record<string, string>>;

/** Of the common schedule, or of the one whose name it holds. The job runner adds what it knows of the schedule. */
const payloadSchema = z.object({ own: z.string().optional() });

/** Names may be anything; those of crons may not. */
const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 12);

/** One cron for all, and one for each name that has a pattern of its own; both start the same job, and what was missed is made up for once. */
export const cronsOf = ({ cronName, jobName, pattern, patterns }: { readonly cronName: string; readonly jobName: string; readonly pattern: string; readonly patterns: Patterns }): Cron[] => [
  { cronName, pattern, jobName },
  ...Object.entries(patterns).map(([own, ownPattern]) => ({ cronName: `${cronName}-${hashOf(own)}`, pattern: ownPattern, jobName, payload: { own } })),
];

/** Whom a scheduled run means: the name of its own schedule, or all without one. */
export const meantBy = (payload: unknown, patterns: Patterns): ((name: string) => boolean) => {
  const { own } = payloadSchema.parse(payload);
  return (name) => (own === undefined ? !Object.hasOwn(patterns, name) : name === own);
};
