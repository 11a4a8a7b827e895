import { fileURLToPath } from 'node:url';

// Jest's ESM support is still behind a flag of Node; without it, Nest's ESM-only packages fail with a misleading message.
if (!`${process.env.NODE_OPTIONS}`.includes('vm-modules')) {
  throw new Error('Run `npx nx test <project>`: ES modules in Jest need NODE_OPTIONS=--experimental-vm-modules.');
}

// `npm test` adds up the tests of all projects.
const counting = process.env.RATCHET_TEST_RESULTS ? { reporters: ['default', fileURLToPath(new URL('./tools/count-tests.reporter.mjs', import.meta.url))] } : {};

const base = {
  ...counting,
  testEnvironment: 'node',
  // Workspace packages resolve to their sources, so tests need no build.
  testEnvironmentOptions: { customExportConditions: ['@ratchet/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'es6' },
        jsc: {
          target: 'es2024',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
};

/** Pure tests, beside the code. */
export const preset = (displayName) => ({ ...base, displayName, testMatch: ['<rootDir>/src/**/*.spec.ts'] });

/** Tests against a real Kafka and a real PostgreSQL; the brokers' addresses come from `npm test` or are started here. */
export const integrationPreset = (displayName) => ({
  ...base,
  displayName: `${displayName} (integration)`,
  testMatch: ['<rootDir>/src/**/*.itest.ts'],
  testTimeout: 120_000,
  // One after the other, unless a caller knows that they may run side by side.
  maxWorkers: 1,
  // A test that failed may leave connections open; the run must end all the same.
  forceExit: true,
});
