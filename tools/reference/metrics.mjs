// docs/reference/metrics.md, from where the code makes its metrics: a name, help and labels that are no literals stop it, for nobody could look them up.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const KINDS = new Set(['counter', 'gauge', 'histogram']);
/** By Prometheus' conventions: https://prometheus.io/docs/practices/naming/ */
const NAME = { counter: /^ratchet_[a-z0-9_]+_total$/, gauge: /^ratchet_[a-z0-9_]+(?<!_total)$/, histogram: /^ratchet_[a-z0-9_]+(?<!_total)$/ };
const OTHER_UNITS = /_(ms|milliseconds|minutes|hours|days|kb|mb|percent)(_|$)/;
const TIMES = /(?:^|_)(duration|latency|age|silence|time|lateness)(?:_|$)/;
const HISTOGRAM_UNITS = /_(seconds|bytes|records|score|ratio)$/;
/** Each value would be a series of its own. */
const UNBOUNDED_LABELS = /(?:^|_)(id|ids|uuid|user|conversation|interaction|session|message|text|question|answer|trace|span|key|email|path|url)(?:_|$)/;

/** Where prom-client itself may be used: all others ask `Metrics`, which bounds the series. */
const OF_PROM_CLIENT = new Set(['Counter', 'Gauge', 'Histogram', 'Summary']);
/** Where a metric of a library is told. */
const OWNERS = { 'libs/service': 'every service with a database' };

const textOf = (node) => (ts.isStringLiteralLike(node) ? node.text : undefined);

const listOf = (node, file) => {
  if (ts.isAsExpression(node)) return listOf(node.expression, file);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(textOf);
  let found;
  const look = (one) => {
    if (ts.isVariableDeclaration(one) && ts.isIdentifier(node) && one.name.getText(file) === node.text && one.initializer) found = listOf(one.initializer, file);
    ts.forEachChild(one, look);
  };
  look(file);
  return found;
};

const placeOf = (node, file, path) => `${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;

const metricOf = (call, kind, file, path) => {
  const [given] = call.arguments;
  if (!given || !ts.isObjectLiteralExpression(given)) return { kind, labels: undefined, place: placeOf(call, file, path) };
  const fields = Object.fromEntries(given.properties.map((property) => [property.name?.getText(file), ts.isShorthandPropertyAssignment(property) ? property.name : property.initializer]));
  const [name, help] = [fields.name, fields.help].map((node) => node && textOf(node));
  const labels = fields.labelNames ? listOf(fields.labelNames, file) : [];
  const [, owner, project] = /^((?:apps|libs)\/([\w-]+))\//.exec(path);
  const byLeader = fields.toldBy && textOf(fields.toldBy) === 'leader';
  return { name, help: byLeader ? `${help}; told by the leader` : help, labels, kind, service: OWNERS[owner] ?? project, place: placeOf(call, file, path) };
};

const metricsIn = (path, source) => {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const found = [];
  const look = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && KINDS.has(node.expression.name.text)) {
      found.push(metricOf(node, node.expression.name.text, file, path));
    }
    if (ts.isNewExpression(node) && OF_PROM_CLIENT.has(node.expression.getText(file))) found.push({ place: placeOf(node, file, path), isOutsideOfMetrics: true });
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
};

const faultOf = ({ name, help, labels, kind, isOutsideOfMetrics }) => {
  if (isOutsideOfMetrics) return 'metrics are made by `Metrics`, which bounds their series';
  if (name === undefined || !help || labels === undefined || labels.includes(undefined)) return 'name, help and labels have to be literals';
  if (!NAME[kind].test(name)) return `${name}: a ${kind} is named ratchet_..., ${kind === 'counter' ? 'with' : 'without'} _total at its end`;
  const unbounded = labels.find((label) => UNBOUNDED_LABELS.test(label));
  if (unbounded) return `${name}: the label ${unbounded} would make a series of each of its values`;
  if (kind === 'histogram' && !HISTOGRAM_UNITS.test(name)) return `${name}: a histogram is named with its unit at its end`;
  if (TIMES.test(name) && !/_seconds(_total)?$/.test(name)) return `${name}: a time is named _seconds`;
  return OTHER_UNITS.test(name) ? `${name}: times are in seconds, sizes in bytes, shares in ratios` : undefined;
};

const row = ({ name, kind, labels, help, services }) => `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help.replaceAll('|', '\\|')} | ${[...services].sort().join(', ')} |`;

/** Throws with each metric that nobody could look up, or that is named against the conventions. */
export const metricsOf = (root) => {
  const paths = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root }).filter((path) => !/\.(spec|itest)\.ts$|spec-support|libs\/observability\//.test(path)).sort();
  const all = paths.flatMap((path) => metricsIn(path, readFileSync(join(root, path), 'utf8')));
  const faults = all.flatMap((metric) => (faultOf(metric) ? [`${metric.place}: ${faultOf(metric)}`] : []));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const byName = new Map();
  for (const metric of all) {
    const known = byName.get(metric.name);
    if (known && String([...known.labels].sort()) !== String([...metric.labels].sort())) throw new Error(`${metric.place}: ${metric.name} has other labels elsewhere`);
    if (known) known.services.add(metric.service);
    else byName.set(metric.name, { ...metric, services: new Set([metric.service]) });
  }
  const rows = [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1)).map(row);
  return `# Metrics

Made from the code by \`node tools/generate-reference.mjs\`. Each service answers \`GET /metrics\` on its own port; beside these it tells of its process and of Node (\`process_*\`, \`nodejs_*\`).
No label holds an id of a conversation, an interaction or a user. Names that come from outside (models, workloads, versions) are bounded: beyond 1,000 series of a metric, 100 of a histogram, what is new is told with \`other\` in the place of its names, until the service is started again.

| name | kind | labels | what | told by |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
};
