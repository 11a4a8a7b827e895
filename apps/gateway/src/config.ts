import { feedbackMetricsSchema, idSchema } from '@ratchet/domain';
import { providersVariable } from '@ratchet/providers';
import { baseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { z } from 'zod';
import { privacySchema } from './privacy/privacy-policy.js';

const count = z.coerce.number().int().positive();

const providers = providersVariable.refine((configs) => configs.length > 0, 'name at least one provider');

const workloads = jsonVariable(z.record(idSchema, idSchema), { example: '{"support-assistant": "support"}' });
const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, 'is no origin such as https://shop.example');
const origins = z.string().transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== '')).pipe(z.array(origin));

export const configSchema = baseConfigSchema.extend({
  PROVIDERS: providers.describe('Model providers: JSON array [{"name","baseUrl","apiKey?","timeoutMs?","firstPieceTimeoutMs?","pieceTimeoutMs?","maxConcurrency?","maxQueue?"}], or an object from name to the rest'),
  MODEL_WORKLOADS: workloads.default({}).describe('Workload of requests without x-ratchet-workload: JSON object from model to workload'),
  GATEWAY_DATA_DIR: z.string().min(1).default('.ratchet/gateway').describe('Folder of the last known routing table and of events that wait for Kafka'),
  CHAT_BODY_BYTES_MAX: count.default(524_288).describe('Largest body of a chat, feedback or handoff request'),
  EVENTS_BODY_BYTES_MAX: count.default(5_242_880).describe('Largest body of POST /v1/events'),
  EVENTS_PER_REQUEST_MAX: count.default(1_000).describe('Most events in one POST /v1/events'),
  EVENT_BYTES_MAX: count.max(1_000_000).default(900_000).describe('Largest event; below max.message.bytes of the broker'),
  CONCURRENT_REQUESTS_MAX: count.default(1_024).describe('Requests in flight, more get 429'),
  PROVIDER_QUEUE_MAX: z.coerce.number().int().min(0).default(256).describe('Chat requests that may wait for one provider with all its maxConcurrency places taken, more get 503; a provider\'s own maxQueue goes before it'),
  FALLBACK_AFTER_SHARE: z.coerce.number().gt(0).max(1).default(0.5).describe('Share of its provider\'s timeoutMs that a candidate may take, to its answer or the first piece of a stream, before the champion is asked'),
  CLIENT_STALL_MS: count.default(30_000).describe('How long the client of a stream may take nothing of it before it is cut off'),
  REQUEST_BODY_TIMEOUT_MS: count.default(60_000).describe('How long a request may take to arrive'),
  OTLP_BODY_BYTES_MAX: count.default(4_194_304).describe('Largest body of POST /v1/traces as it comes'),
  OTLP_DECODED_BYTES_MAX: count.default(16_777_216).describe('Largest body of POST /v1/traces without its compression'),
  OTLP_REQUESTS_MAX: count.default(32).describe('POST /v1/traces in flight, more get 429'),
  OTLP_SPANS_TOPIC: z.string().regex(/^[\w.-]{1,200}$/u, 'is no name of a topic').optional().describe('Topic that an OpenTelemetry collector writes spans to (its kafka exporter, otlp_proto or otlp_json), to be read; not read without it'),
  KAFKA_LINGER_MS: z.coerce.number().int().min(0).max(1_000).default(10).describe('How long an event waits for others, so that they share a batch'),
  KAFKA_SEND_TIMEOUT_MS: count.default(5_000).describe('After this time without acknowledgement, events go to the spool'),
  SPOOL_BYTES_MAX: count.default(268_435_456).describe('Room on disk for events while Kafka is away; what comes after is lost, counted and logged'),
  FEEDBACK_METRICS: jsonVariable(feedbackMetricsSchema, { example: '{"solved": {"type": "boolean", "better": "up"}}' }).default({}).describe('Metrics of the product\'s own that feedback may name: JSON object {name: {type: boolean|number, better: up|down, poorFrom?, goodFrom?, strength?}}; DETECTION.feedbackMetrics is the same'),
  FEEDBACK_ORIGINS: origins.default([]).describe('Origins of pages that may send feedback from a browser, separated by commas; none by default'),
  PRIVACY: jsonVariable(privacySchema, { example: '{"redact": ["email"]}' }).default(() => privacySchema.parse({})).describe('What is recorded: JSON {redact?, patterns?, phoneCountry?, content?, recordShare?, userIdKey?, workloads?: {name: the same}}; everything by default'),
  ROUTING_WAIT_MS: z.coerce.number().int().min(0).default(5_000).describe('How long a start waits for the routing table before it serves the last known one'),
});
export type GatewayConfig = z.infer<typeof configSchema>;

export const loadConfig = (env: NodeJS.ProcessEnv): GatewayConfig => loadEnv(configSchema, env);
