// Writes what the documents take from the code: docs/reference/asyncapi.json from the topic catalogue and the services' contracts,
// docs/reference/configuration.md from their configuration schemas, docs/reference/training-rows.json from the schemas of exported lines, docs/reference/metrics.md from where metrics are made, the chart's copies of rules and dashboards, and the examples in README.md from docs/examples. With --check it
// writes nothing and exits 1 where a file is out of date. With --release it also puts the events on record as released, which later ones are compared with.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStale, projectsOf } from '../apps/cli/bin/stale-build.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const services = ['gateway', 'signal-detector', 'evaluator', 'analyzer', 'data-generator', 'trainer-dispatcher', 'rollout-controller', 'model-server', 'console'];

for (const service of services) await buildStale(root, projectsOf(root, { entry: `@ratchet/${service}` }));

const load = (path) => import(join(root, path));
const loadOptional = (path) => load(path).catch((error) => (error.code === 'ERR_MODULE_NOT_FOUND' ? {} : Promise.reject(error)));

const { asyncApiOf } = await import('./reference/async-api.mjs');
const { configurationOf } = await import('./reference/configuration.mjs');
const { metricsOf } = await import('./reference/metrics.mjs');
const { jsonSchemasOf } = await import('./reference/json-schemas.mjs');
const { deadLetterTopicOf, topics } = await load('libs/contracts/dist/index.js');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const contracts = (await Promise.all(services.map((service) => loadOptional(`apps/${service}/dist/contract.js`)))).flatMap(({ contract }) => contract ?? []);
const { baseConfigSchema, databaseConfigSchema } = await load('libs/service/dist/index.js');
const configs = await Promise.all(
  services.map(async (service) => ({ service, source: `apps/${service}/src/config.ts`, schema: (await load(`apps/${service}/dist/config.js`)).configSchema })),
);
const details = [
  { variable: 'DETECTION', source: 'libs/signals/src/config.ts', schema: (await load('libs/signals/dist/index.js')).signalsConfigSchema },
  { variable: 'GATE_CONFIG', source: 'libs/gates/src/gate-config.ts', schema: (await load('libs/gates/dist/index.js')).gateConfigSchema },
  { variable: 'REVIEW_RULES', source: 'apps/data-generator/src/review/review-rules.ts', schema: (await load('apps/data-generator/dist/review/review-rules.js')).reviewRulesSchema },
  { variable: 'ROLLOUT_POLICY', source: 'apps/rollout-controller/src/rollout/rollout-policy.ts', schema: (await load('apps/rollout-controller/dist/rollout/rollout-policy.js')).rolloutPolicySchema },
];

/** Fills each code block below a `<!-- from FILE -->` mark with that file. */
const withExamples = (markdown) =>
  markdown.replaceAll(/(<!-- from (\S+) -->\n```\w*\n)[^]*?(```\n)/g, (_, start, file, end) => `${start}${readFileSync(join(root, file), 'utf8')}${end}`);

/** Lines of exported training files: one definition for each kind of file. */
const trainingRows = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Lines of `ratchet dataset export`', $defs: jsonSchemasOf((await load('libs/domain/dist/index.js')).trainingRowSchemas) };

/** A chart reads no file outside of itself. */
const copiesOf = (pattern, folder) => Object.fromEntries(globSync(pattern, { cwd: root }).map((path) => [`deploy/helm/ratchet/files/${folder}/${basename(path)}`, readFileSync(join(root, path), 'utf8')]));

const wanted = {
  ...copiesOf('deploy/prometheus/rules/*.yaml', 'rules'),
  ...copiesOf('deploy/grafana/dashboards/*.json', 'dashboards'),
  'README.md': withExamples(readFileSync(join(root, 'README.md'), 'utf8')),
  'docs/reference/asyncapi.json': `${JSON.stringify(asyncApiOf({ version, topics, contracts, deadLetterTopicOf }), null, 2)}\n`,
  'docs/reference/training-rows.json': `${JSON.stringify(trainingRows, null, 2)}\n`,
  'docs/reference/configuration.md': configurationOf({ shared: { baseConfigSchema, databaseConfigSchema }, configs, details }),
  'docs/reference/metrics.md': metricsOf(root),
};

const current = (path) => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
};
const stale = Object.keys(wanted).filter((path) => current(path) !== wanted[path]);
if (process.argv.includes('--check')) {
  for (const path of stale) process.stderr.write(`${path} is out of date: run node tools/generate-reference.mjs\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  if (process.argv.includes('--release')) {
    writeFileSync(join(root, 'docs/reference/released/asyncapi.json'), wanted['docs/reference/asyncapi.json']);
    writeFileSync(join(root, 'docs/reference/released/accepted-changes.json'), '[]\n');
  }
  for (const path of stale) writeFileSync(join(root, path), wanted[path]);
  process.stdout.write(stale.length > 0 ? `written: ${stale.join(', ')}\n` : 'nothing has changed\n');
}
