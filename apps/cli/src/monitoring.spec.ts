// Goal: what deploy/prometheus and deploy/grafana name exists: metrics in the code, recorded series in the rules, a page and a unit test for each alert.
import { describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OUTSIDE_LABELS } from '@ratchet/observability';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');
const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly description?: string; readonly runbook_url?: string };
}
interface RuleTest {
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly { readonly id: number; readonly title: string; readonly datasource: { readonly uid: string }; readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[] }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const rules = filesOf('deploy/prometheus/rules/*.yaml').flatMap((file) => (parse(read(file)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules));
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
const testSeries = filesOf('deploy/prometheus/tests/*.yaml').flatMap((file) => (parse(read(file)) as { tests: { input_series: { series: string }[] }[] }).tests.flatMap((each) => each.input_series.map(({ series }) => series)));
const ruleTests = filesOf('deploy/prometheus/tests/*.yaml').flatMap((file) => (parse(read(file)) as { tests: RuleTest[] }).tests.flatMap((each) => each.promql_expr_test));
const dashboards = filesOf('deploy/grafana/dashboards/*.json').map((file) => ({ file, dashboard: JSON.parse(read(file)) as Dashboard }));
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...dashboards.flatMap(({ dashboard }) => [...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...dashboard.annotations.list.map(({ expr }) => expr)]),
];

const sources = filesOf('{apps,libs}/*/src/**/*.ts').filter((file) => !/\.(spec|itest)\.ts$/.test(file)).map(read).join('\n');
const metrics = new Set([...sources.matchAll(/name: '(ratchet_[a-z0-9_]+)'/g)].map(([, name]) => name));
const labelsOfMetric = new Map([...read('docs/reference/metrics.md').matchAll(/^\| `(ratchet_[a-z0-9_]+)` \| \w+ \| ([^|]*) \|/gm)].map(([, name = '', labels = '']) => [name, new Set([...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label))]));
/** Given to every target by the scrape, or to a bucket of a histogram by its kind. */
const ofTarget = new Set(['job', 'service', 'instance', 'le']);
/** Each matcher of a metric with a plain value: `name{label="value"}`. */
const matchersIn = (expr: string): { name: string; label: string; value: string; isPlain: boolean }[] =>
  [...expr.matchAll(/\b(ratchet_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(([, name = '', inside = '']) => [...inside.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label = '', operator, value = '']) => ({ name: name.replace(/_(bucket|sum|count)$/, (end) => (labelsOfMetric.has(name) ? end : '')), label, value, isPlain: operator === '=' })));
const isKnown = (name: string): boolean => [name, name.replace(/_(bucket|sum|count)$/, '')].some((each) => metrics.has(each));

describe('what monitoring names', () => {
  test('every metric of a rule or dashboard is in the code', () => {
    const named = [...new Set(expressions.flatMap((expr) => expr.match(/\bratchet_[a-z0-9_]+/g) ?? []))];
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !isKnown(name))).toEqual([]);
  });

  test('every label that a rule, a dashboard or a test of a rule asks for is one that the metric has, with a value that the code gives', () => {
    const asked = [...expressions, ...testSeries].flatMap(matchersIn).filter(({ label }) => !ofTarget.has(label));
    expect(asked.length).toBeGreaterThan(60);
    expect(asked.filter(({ name, label }) => !labelsOfMetric.get(name)?.has(label))).toEqual([]);
    const closed = asked.filter(({ label, isPlain }) => isPlain && !OUTSIDE_LABELS.has(label) && label !== 'topic');
    expect(closed.length).toBeGreaterThan(20);
    expect(closed.filter(({ value }) => !sources.includes(`'${value}'`) && !sources.includes(`${value}:`))).toEqual([]);
  });

  test('every recorded series that is used is recorded, and the other way about', () => {
    const used = new Set(expressions.flatMap((expr) => expr.match(/\bratchet:[a-z0-9_:]+/g) ?? []));
    expect([...used].sort()).toEqual(rules.flatMap(({ record }) => record ?? []).sort());
  });

  test.each(alerts)('$alert says what is wrong and how bad, and has a page in the index', ({ labels, annotations }) => {
    expect(labels?.severity).toMatch(/^(critical|warning|info)$/);
    expect(annotations?.summary).toBeTruthy();
    expect(annotations?.description).toBeTruthy();
    const page = annotations?.runbook_url ?? '';
    expect(page).toMatch(/^docs\/operating\/runbooks\/[a-z-]+\.md$/);
    for (const heading of ['What it means', 'What users notice', 'How to look', 'How to mend', 'When to escalate']) expect(read(page)).toContain(`## ${heading}`);
    expect(read('docs/operating/runbooks/README.md')).toContain(`(${page.slice(page.lastIndexOf('/') + 1)})`);
  });

  test.each(alerts)('$alert has a unit test in which it fires and one in which it does not', ({ alert }) => {
    const own = ruleTests.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
    expect(own.some(({ exp_samples }) => exp_samples.length > 0)).toBe(true);
    expect(own.some(({ exp_samples }) => exp_samples.length === 0)).toBe(true);
  });

  test('every page belongs to an alert', () => {
    const pages = filesOf('docs/operating/runbooks/*.md').filter((page) => !page.endsWith('README.md'));
    expect(pages).toEqual([...new Set(alerts.map(({ annotations }) => annotations?.runbook_url))].sort());
  });

  test.each(dashboards)('$file names no data source of one installation', ({ dashboard }) => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { datasource, targets } of dashboard.panels) for (const { uid } of [datasource, ...targets.map((target) => target.datasource)]) expect(uid).toBe('${datasource}');
    expect(dashboard).not.toHaveProperty('id');
  });
});
