import { integrationPreset } from '../../jest.preset.mjs';

export default { ...integrationPreset('e2e'), testTimeout: 600_000 };
