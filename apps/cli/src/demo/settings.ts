import { CLOCK } from './behaviour.js';
import type { FleetOptions } from '../stack/fleet.js';

/** Week of the simulated clock, in which the weekly data generation and the daily analysis have their place. */
const seconds = (real: number): number => Math.round((real * 1_000) / CLOCK);

/**
 * The demo's settings: clocks, and counts that fit a product of this size. Shares, samples, margins and rules are the defaults; a
 * stage lasts 2 s in place of a day, and the daily analysis is ordered at the end of each simulated day.
 */
export const demoEnvironment = ({ dataDir, encoder, consoleToken }: { dataDir: string; encoder: string | null; consoleToken: string }): NonNullable<FleetOptions['env']> => ({
  all: { LOG_LEVEL: 'info' },
  'model-server': { MODEL_SERVER_DATA_DIR: `${dataDir}/model-server`, ...(encoder !== null && { MODEL_SERVER_ENCODER_DIR: encoder }) },
  gateway: { GATEWAY_DATA_DIR: `${dataDir}/gateway` },
  console: { FIRST_ADMIN_TOKEN: consoleToken },
  'signal-detector': {
    DETECTION: JSON.stringify({ idleEndMs: 3_000, quickAbandonmentMs: seconds(30), quickFollowUpMs: seconds(15) }),
  },
  analyzer: { MIN_CLUSTER_SIZE: '8', CLUSTER_K_MAX: '40' },
  // A hundred users soon share a weakness here: only what the counts and clocks say is urgent.
  'data-generator': { GENERATE_DELAY_MS: '1000', HIGH_PRIORITY: '1000000' },
  // The champion judged against itself is no part of the story: a few items show that it is done.
  evaluator: { AA_CHECK_ITEMS_MAX: '100' },
  'trainer-dispatcher': { TRIGGER_EVERY_MS: '1000', TRIGGER_EXAMPLES: '80', TRIGGER_PAUSE_MS: '10000', TRIGGER_PAUSE_MAX_MS: '20000', TRAINING_POLL_MS: '300' },
  'rollout-controller': {
    TICK_MS: '500',
    ROLLOUT_POLICY: JSON.stringify({ minSoakMs: [2_000, 2_000, 2_000, 2_000], bakeMs: 2_000, maxStageMs: 900_000, labelDelayMs: 0 }),
  },
});
