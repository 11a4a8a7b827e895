// Module boundaries: who may import whom. docs/internals/ARCHITECTURE.md explains the table.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const kafkaClients = ['kafkajs', '@platformatic/kafka', 'node-rdkafka'];
const frameworks = ['@nestjs/*', 'typeorm', 'pg', 'rxjs', 'fastify'];

const may = (type, on, banned = []) => ({
  sourceTag: `type:${type}`,
  onlyDependOnLibsWithTags: on.map((other) => `type:${other}`),
  ...(banned.length > 0 && { bannedExternalImports: banned }),
});

const boundaries = (...extra) => [
  'error',
  {
    allow: [],
    depConstraints: [
      may('domain', ['domain', ...extra], [...frameworks, ...kafkaClients]),
      may('contracts', ['domain', 'contracts', ...extra], [...frameworks, ...kafkaClients]),
      may('math', ['domain', 'math', 'sdk', ...extra], [...frameworks, ...kafkaClients]),
      // What ships has no dependency; its tests have Jest.
      may('sdk', ['sdk', ...extra], extra.length > 0 ? [] : ['*']),
      may('platform', ['contracts', 'platform', ...extra]),
      may('adapter', ['domain', 'contracts', 'math', 'platform', 'adapter', ...extra], kafkaClients),
      may('app', ['domain', 'contracts', 'math', 'sdk', 'platform', 'adapter', ...extra], kafkaClients),
      may('web', ['domain', 'contracts', 'web', ...extra], [...frameworks, ...kafkaClients]),
      may('testing', ['domain', 'contracts', 'platform', 'testing']),
      may('e2e', ['domain', 'contracts', 'platform', 'testing', 'e2e']),
    ],
  },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/*.mjs', '**/node_modules/**'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    // With decorator metadata, a class named as a constructor parameter's type is a value at run time.
    languageOptions: { parserOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports', disallowTypeAnnotations: false }],
      'no-restricted-syntax': ['error', { selector: "CallExpression[callee.object.name='jest'][callee.property.name='mock']", message: 'jest.mock silently loads the real module under ES modules: inject the dependency instead.' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.itest.ts', '**/spec-support/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries('testing'), 'max-lines-per-function': 'off' },
  },
);
