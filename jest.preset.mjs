// Jest's ESM support is still behind a flag of Node; without it, Nest's ESM-only packages fail with a misleading message.
if (!`${process.env.NODE_OPTIONS}`.includes('vm-modules')) {
  throw new Error('Run `npx nx test <project>`: ES modules in Jest need NODE_OPTIONS=--experimental-vm-modules.');
}

const base = {
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
});
