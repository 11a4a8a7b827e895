import { jsonVariable } from '@ratchet/service';
import { DEFAULT_REWARD_WEIGHTS, type RewardWeights } from '@ratchet/strategies';
import { z } from 'zod';

const part = z.number().nonnegative();
const scale = z.number().positive();
const rewardSchema = z
  .strictObject({ promotion: part, gain: part, cost: part, time: part, fullGain: scale, halfCost: scale, halfSeconds: scale, nearMiss: z.number().min(0).max(1) })
  .partial()
  .transform((given): RewardWeights => ({ ...DEFAULT_REWARD_WEIGHTS, ...(given as Partial<RewardWeights>) }))
  .refine(({ promotion, gain, cost, time }) => promotion + gain + cost + time > 0, 'promotion, gain, cost and time must not all be 0');

/** How strategies are chosen and learned. */
export const strategyVariables = {
  STRATEGIES_FILE: z.string().min(1).optional().describe("A JSON file of the team's own strategies, in the form of libs/strategies/src/shipped-strategies.json; they go before the shipped ones"),
  STRATEGY_HALF_LIFE_DAYS: z.coerce.number().positive().default(90).describe('Age at which an outcome counts half in the choice of strategies'),
  STRATEGY_EXPLORATION: z.coerce.number().min(0).max(1).default(0.2).describe('Chance that failures unlike all before them, or on which everything disappointed, get a new strategy'),
  STRATEGY_REWARD: jsonVariable(rewardSchema, { example: '{"gain": 0.4}' }).prefault('{}').describe('What makes an outcome good, as JSON: promotion (0.6), gain (0.25), cost (0.1), time (0.05), fullGain (0.2), halfCost (10 USD), halfSeconds (3600), nearMiss (0.2)'),
  REVIEW_AGREEING_USERS: z.coerce.number().int().min(1).default(3).describe("As the data-generator's: a strategy that needs users who agree is left out where fewer do"),
  TEACHER_PROVIDER: z.string().min(1).optional().describe("As the data-generator's: without one, strategies that need a teacher are left out; with one, it is also asked for new strategies"),
  TEACHER_MODEL: z.string().min(1).optional().describe("The teacher's model id at TEACHER_PROVIDER"),
};
