import { databaseConfigSchema, jsonVariable, loadEnv } from '@ratchet/service';
import { z } from 'zod';
import { type RolloutPolicy, rolloutPolicySchema } from './rollout/rollout-policy.js';

const settings = jsonVariable(z.record(z.string(), z.unknown()), { example: '{"margin": 0.02}' });

const problemsOf = (error: z.ZodError): string => error.issues.map(({ path, message }) => `${path.join('.') || 'policy'} ${message}`).join('; ');

export const configSchema = databaseConfigSchema
  .extend({
    TICK_MS: z.coerce.number().int().min(50).max(60_000).default(500).describe('How often open rollouts are looked at'),
    ROLLOUT_POLICY: settings.prefault('{}').describe('The policy of every workload, as JSON; what is left out has the documented default'),
    ROLLOUT_WORKLOADS: settings.prefault('{}').describe('By workload: what differs from ROLLOUT_POLICY, as JSON'),
  })
  .transform((config, context) => {
    const policyOf = (path: string, value: unknown): RolloutPolicy => {
      const parsed = rolloutPolicySchema.safeParse(value);
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', path: [path], message: problemsOf(parsed.error) });
      return z.NEVER;
    };
    const { ROLLOUT_POLICY, ROLLOUT_WORKLOADS, ...rest } = config;
    const policy = policyOf('ROLLOUT_POLICY', ROLLOUT_POLICY);
    const workloads = Object.entries(ROLLOUT_WORKLOADS).map(([workload, differs]) => [workload, policyOf('ROLLOUT_WORKLOADS', { ...ROLLOUT_POLICY, ...(differs as object) })] as const);
    return { ...rest, policy, workloads: new Map(workloads) };
  });
export type Config = z.infer<typeof configSchema>;

export const loadConfig = (env: NodeJS.ProcessEnv): Config => loadEnv(configSchema, env);

export const policyFor = ({ policy, workloads }: Pick<Config, 'policy' | 'workloads'>, workload: string): RolloutPolicy => workloads.get(workload) ?? policy;
