import { triggerSchema } from '@ratchet/domain';
import { jsonVariable } from '@ratchet/service';
import { z } from 'zod';
import type { Config } from '../config.js';
import type { TriggerPolicy } from './trigger.js';

const positive = z.number().positive();

/** What one workload has of its own; the rest is as configured for all. */
const ownTriggersSchema = z.strictObject({
  scheduleMs: positive.optional(),
  degradationRatio: z.number().min(1).optional(),
  degradationOutcomes: positive.optional(),
  examples: positive.optional(),
  pauseMs: z.number().nonnegative().optional(),
  pauseMaxMs: z.number().nonnegative().optional(),
  off: z.array(triggerSchema.exclude(['command'])).optional(),
});

/** A variable with the trigger settings of workloads that have their own, by name. */
export const ownTriggersVariable = jsonVariable(z.record(z.string().min(1).max(200), ownTriggersSchema), { example: '{"support": {"scheduleMs": 86400000, "off": ["data_threshold"]}}' });

type Settings = Pick<
  Config,
  'TRIGGER_SCHEDULE_MS' | 'TRIGGER_DEGRADATION_RATIO' | 'TRIGGER_DEGRADATION_OUTCOMES' | 'TRIGGER_DEGRADATION_P_VALUE' | 'TRIGGER_EXAMPLES' | 'TRIGGER_PAUSE_MS' | 'TRIGGER_PAUSE_MAX_MS' | 'TRIGGER_WORKLOADS'
>;

export const triggerPolicyOf = (config: Settings, workload: string): TriggerPolicy => {
  const own = Object.hasOwn(config.TRIGGER_WORKLOADS, workload) ? config.TRIGGER_WORKLOADS[workload] : undefined;
  return {
    scheduleMs: own?.scheduleMs ?? config.TRIGGER_SCHEDULE_MS,
    degradationRatio: own?.degradationRatio ?? config.TRIGGER_DEGRADATION_RATIO,
    degradationOutcomes: own?.degradationOutcomes ?? config.TRIGGER_DEGRADATION_OUTCOMES,
    degradationPValue: config.TRIGGER_DEGRADATION_P_VALUE,
    exampleThreshold: own?.examples ?? config.TRIGGER_EXAMPLES,
    pauseMs: own?.pauseMs ?? config.TRIGGER_PAUSE_MS,
    pauseMaxMs: own?.pauseMaxMs ?? config.TRIGGER_PAUSE_MAX_MS,
    off: own?.off ?? [],
  };
};
