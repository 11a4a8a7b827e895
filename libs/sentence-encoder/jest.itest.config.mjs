import { integrationPreset } from '../../jest.preset.mjs';

export default { ...integrationPreset('sentence-encoder'), setupFiles: ['<rootDir>/test/native-arrays.mjs'] };
