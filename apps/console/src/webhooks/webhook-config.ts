import { alertRaised, alertResolved, experimentConcluded, experimentUpdated, rolloutAdvanced, versionPromoted, versionRolledBack } from '@ratchet/domain';
import { z } from 'zod';

/** What may be sent. */
export const webhookEvents = [versionPromoted, versionRolledBack, rolloutAdvanced, experimentUpdated, experimentConcluded, alertRaised, alertResolved] as const;
const types = webhookEvents.map(({ type }) => type);
/** What is sent where a webhook names no events: outcomes, and no steps on the way. */
const usualTypes = [versionPromoted, versionRolledBack, experimentConcluded, alertRaised, alertResolved].map(({ type }) => type);

const WEBHOOKS_MAX = 20;
const SECRET_BYTES = { min: 24, max: 64 };

const bytesOf = (secret: string): Buffer => Buffer.from(secret.slice('whsec_'.length), 'base64');

const isSecret = (secret: string): boolean => {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/u.test(secret)) return false;
  const { length } = bytesOf(secret);
  return length >= SECRET_BYTES.min && length <= SECRET_BYTES.max;
};

const secretSchema = z.string().refine(isSecret, `must be whsec_ and ${SECRET_BYTES.min} to ${SECRET_BYTES.max} random bytes in base64: node -p "'whsec_' + crypto.randomBytes(32).toString('base64')"`);

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

const isLoopback = ({ hostname }: URL): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/u.test(hostname);

const urlSchema = z
  .string()
  .max(2_000)
  .refine((text) => ['https:', 'http:'].includes(urlOf(text)?.protocol ?? ''), 'must be an https URL')
  .refine((text) => !urlOf(text)?.username && !urlOf(text)?.password, 'must hold no name and password: receivers know us by the signature');

const webhookSchema = z
  .strictObject({
    /** Known by it in metrics, logs and rows: another name is another webhook. */
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, 'must be lower case letters, digits and dashes'),
    url: urlSchema,
    /** Two while a new one is brought in: each request is then signed with both. */
    secret: z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(secretSchema).min(1).max(2).optional()),
    events: z.array(z.enum(types)).min(1).default(usualTypes),
    /** All of them where it is absent. */
    workloads: z.array(z.string().min(1).max(200)).min(1).optional(),
    timeoutMs: z.number().int().min(100).max(15_000).default(10_000),
    /** Allows http to another machine, such as a service of the same cluster. */
    allowHttp: z.boolean().default(false),
  })
  .refine(({ url, allowHttp }) => allowHttp || urlOf(url)?.protocol !== 'http:' || isLoopback(new URL(url)), { path: ['url'], message: 'must be https, or set allowHttp: what is sent could be read on the way' });

export const webhooksSchema = z
  .array(webhookSchema)
  .max(WEBHOOKS_MAX)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names must differ');

export type Webhook = z.infer<typeof webhookSchema>;

/** Whether a webhook is to be told of an event of this type, about this workload. */
export const wants = ({ events, workloads }: Webhook, type: string, workload: string): boolean => (events as readonly string[]).includes(type) && (workloads === undefined || workloads.includes(workload));
