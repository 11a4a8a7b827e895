import { describe, expect, it } from '@jest/globals';
import { configuredTraining, settingsOf, trainingConfigOf } from './training-config.js';

const configured = configuredTraining({ TRAINING_RECIPE: 'fast', TRAINING_CURRICULUM: true });

describe('the training config of a cycle', () => {
  it('shows what is used, and is read back as that', () => {
    const written = trainingConfigOf({ recipe: 'gentle', retentionRatio: 4, curriculum: false }, { seed: 7, strategyIds: ['spread_guarded', 'taught_guarded'] });
    expect(written).toEqual({ recipe: 'gentle', retentionRatio: 4, curriculum: false, seed: 7, strategies: 'spread_guarded; taught_guarded' });
    expect(settingsOf(written, configured)).toEqual({ recipe: 'gentle', retentionRatio: 4, curriculum: false });
  });

  it('is the configured one where datasets ask for nothing, and for cycles that began before it was written down', () => {
    expect(trainingConfigOf(configured, { seed: 7, strategyIds: [] })).toEqual({ recipe: 'fast', curriculum: true, seed: 7 });
    expect(settingsOf(null, configured)).toEqual({ recipe: 'fast', curriculum: true });
  });
});
