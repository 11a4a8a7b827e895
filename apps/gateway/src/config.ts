import { idSchema } from '@ratchet/domain';
import { parseProviders } from '@ratchet/providers';
import { baseConfigSchema, loadEnv } from '@ratchet/service';
import { z } from 'zod';

const count = z.coerce.number().int().positive();

const providers = z
  .string()
  .transform((json, context) => {
    try {
      return parseProviders(json);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  })
  .refine((configs) => configs.length > 0, 'name at least one provider');

const workloads = z
  .string()
  .transform((json, context): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON; write {"support-assistant": "support"}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(idSchema, idSchema));

export const configSchema = baseConfigSchema.extend({
  PROVIDERS: providers.describe('Model providers: JSON array [{"name","baseUrl","apiKey?","timeoutMs?","maxConcurrency?"}], or an object from name to the rest'),
  MODEL_WORKLOADS: workloads.default({}).describe('Workload of requests without x-ratchet-workload: JSON object from model to workload'),
  GATEWAY_DATA_DIR: z.string().min(1).default('.ratchet/gateway').describe('Folder of the last known routing table and of events that wait for Kafka'),
  CHAT_BODY_BYTES_MAX: count.default(524_288).describe('Largest body of a chat, feedback or handoff request'),
  EVENTS_BODY_BYTES_MAX: count.default(5_242_880).describe('Largest body of POST /v1/events'),
  EVENTS_PER_REQUEST_MAX: count.default(1_000).describe('Most events in one POST /v1/events'),
  EVENT_BYTES_MAX: count.max(1_000_000).default(900_000).describe('Largest event; below max.message.bytes of the broker'),
  CONCURRENT_REQUESTS_MAX: count.default(1_024).describe('Requests in flight, more get 429'),
  KAFKA_LINGER_MS: z.coerce.number().int().min(0).max(1_000).default(10).describe('How long an event waits for others, so that they share a batch'),
  KAFKA_SEND_TIMEOUT_MS: count.default(5_000).describe('After this time without acknowledgement, events go to the spool'),
  SPOOL_BYTES_MAX: count.default(268_435_456).describe('Room on disk for events while Kafka is away; what comes after is lost, counted and logged'),
  ROUTING_WAIT_MS: z.coerce.number().int().min(0).default(5_000).describe('How long a start waits for the routing table before it serves the last known one'),
});
export type GatewayConfig = z.infer<typeof configSchema>;

export const loadConfig = (env: NodeJS.ProcessEnv): GatewayConfig => loadEnv(configSchema, env);
