import { integrationPreset } from '../../jest.preset.mjs';

export default integrationPreset('model-server');
