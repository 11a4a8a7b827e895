import { createHash } from 'node:crypto';
import { severitySchema } from '@ratchet/console-api';
import { z } from 'zod';

const CHANNELS_MAX = 20;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/u.test(host);
const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);
const isSafeUrl = (text: string): boolean => {
  const url = urlOf(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
};

const common = {
  /** Known by it in rows, metrics and logs. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, 'must be lower case letters, digits and dashes'),
  severities: z.array(severitySchema).min(1).default(['warning', 'critical']),
  /** All of them where it is absent. */
  workloads: z.array(z.string().min(1).max(200)).min(1).optional(),
  timeoutMs: z.number().int().min(100).max(15_000).default(10_000),
  /** Base of links in messages. */
  consoleUrl: z.url().max(500).optional(),
};

const addressSchema = z.email().max(254);

const slackSchema = z.strictObject({ type: z.literal('slack'), ...common, url: z.string().max(2_000).refine(isSafeUrl, 'must be an https URL') });

const emailSchema = z
  .strictObject({
    type: z.literal('email'),
    ...common,
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/u),
    port: z.number().int().min(1).max(65_535).default(587),
    /** `starttls` refuses a server that offers no encryption; `none` is for this machine alone. */
    tls: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().min(1).max(320).optional(),
    password: z.string().min(1).max(1_000).optional(),
    from: addressSchema,
    to: z.array(addressSchema).min(1).max(50),
  })
  .refine(({ tls, host }) => tls !== 'none' || isLoopback(host), { path: ['tls'], message: 'must be starttls or tls: what is sent could be read on the way' })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), { path: ['password'], message: 'user and password belong together' });

export const channelsConfigSchema = z
  .array(z.discriminatedUnion('type', [slackSchema, emailSchema]))
  .max(CHANNELS_MAX)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names must differ');

export type Channel = z.infer<typeof channelsConfigSchema>[number];
export type EmailChannel = Extract<Channel, { type: 'email' }>;

/** How a channel is known among the receivers of deliveries; no webhook's name has a colon. */
export const receiverOf = ({ name }: Pick<Channel, 'name'>): string => `channel:${name}`;

/** The part of its address that may be shown. */
export const whereOf = (channel: Channel): string => (channel.type === 'slack' ? new URL(channel.url).origin : channel.to.join(', '));

/** Of where it sends to: an answer "no more" holds for this address alone. */
export const addressHashOf = (channel: Channel): string => createHash('sha256').update(channel.type === 'slack' ? channel.url : channel.host).digest('hex');
