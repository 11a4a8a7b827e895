import { databaseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { z } from 'zod';
import { accessConfigFields, accessProblems } from './access/access-config.js';
import { anchorKeyVariable } from './audit/anchor-key.js';
import { channelsConfigSchema } from './alerts/channel-config.js';
import { conversationsConfigSchema } from './failures/conversations-config.js';
import { webhooksSchema } from './webhooks/webhook-config.js';

export const configSchema = databaseConfigSchema.extend({
  ...accessConfigFields,
  LIVE_EVENTS_MAX: z.coerce.number().int().min(10).max(10_000).default(200).describe('Newest interactions kept in memory for the live view'),
  LIVE_ALIVE_EVERY_MS: z.coerce.number().int().min(100).max(60_000).default(15_000).describe('How often a page hears that the stream of changes lives (it keeps proxies from cutting it), and is asked anew whether it may still listen'),
  MIGRATION_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://').optional().describe('The login that owns the schema, for migrations; DATABASE_URL may then be a login that is only granted the role ratchet_console_app'),
  CONVERSATIONS: jsonVariable(conversationsConfigSchema, { example: '{"share": 0.1, "workloads": {"health": {"share": 0}}}' })
    .prefault('{}')
    .describe('What is kept to show failures in their conversations, as JSON: share of conversations (1), turnsMax of those without a failure (1000000), failuresMax (100000), failureDays (90), workloads: {name: {share}}'),
  AUDIT_ANCHOR_EVERY_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(3_600_000).describe('How often the heads of the audit chains are published, where something was appended'),
  AUDIT_ANCHOR_KEY_FILE: anchorKeyVariable.optional().describe('Path of an Ed25519 private key in PEM that signs the published heads; `ratchet audit verify --anchor-key` takes its public key. Not signed without one'),
  WEBHOOKS: jsonVariable(webhooksSchema, { example: '[{"name": "platform", "url": "https://hooks.example.com/ratchet", "secret": "whsec_..."}]', orFile: true })
    .prefault('[]')
    .describe('Who is told of promotions, rollbacks, experiments and alerts over HTTP: a JSON array, or the path of a file with one; each has name, url, and optionally secret (whsec_..., or two of them), events, workloads, timeoutMs (10000), allowHttp'),
  ALERT_CHANNELS: jsonVariable(channelsConfigSchema, { example: '[{"name": "on-call", "type": "slack", "url": "https://hooks.slack.com/services/..."}]', orFile: true })
    .prefault('[]')
    .describe('Who is told of alerts in words: a JSON array, or the path of a file with one; each has name, type (slack or email), and optionally severities (warning and critical), workloads, timeoutMs (10000), consoleUrl; slack: url; email: host, port (587), tls (starttls, tls or none), user, password, from, to'),
}).superRefine((config, context) => {
  for (const { variable, message } of accessProblems(config)) context.addIssue({ code: 'custom', path: [variable], message });
});
export type Config = z.infer<typeof configSchema>;

export const loadConfig = (env: NodeJS.ProcessEnv): Config => loadEnv(configSchema, env);
