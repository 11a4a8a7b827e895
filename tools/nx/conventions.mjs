// What build, typecheck, lint, test and itest mean, for every project alike: no project repeats it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const esm = { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' };

export const name = 'conventions';

export const createNodesV2 = [
  '{apps,libs}/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const cwd = dirname(file);
      const has = (path) => existsSync(join(workspaceRoot, cwd, path));
      const run = (command, env) => ({ executor: 'nx:run-commands', options: { cwd, command, ...(env && { env }) } });
      const targets = {
        build: run(`${has('vite.config.mjs') ? 'tsc -p tsconfig.json && vite build --logLevel warn' : 'tsc -p tsconfig.build.json'} && node ../../apps/cli/bin/stamp-build.mjs`),
        typecheck: run('tsc -p tsconfig.json'),
        lint: run('eslint .'),
        ...(has('jest.config.mjs') && { test: run('jest', esm) }),
        ...(has('jest.itest.config.mjs') && { itest: run('jest -c jest.itest.config.mjs', esm) }),
      };
      return [file, { projects: { [cwd]: { targets } } }];
    }),
];
