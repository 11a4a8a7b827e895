// Goal: a metric that breaks the conventions, or that nobody could look up, stops the making of the reference. Method: small sources of each fault.
import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('../../../tools/reference/metrics.mjs', import.meta.url));
const { metricsOf } = (await import(tool)) as { metricsOf: (root: string) => string };
const root = mkdtempSync(join(tmpdir(), 'metrics-'));

const referenceOf = (source: string): string => {
  mkdirSync(join(root, 'apps/one/src'), { recursive: true });
  writeFileSync(join(root, 'apps/one/src/metrics.ts'), source);
  return metricsOf(root);
};

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the reference of metrics', () => {
  it('has name, kind, labels and who tells it', () => {
    const source = `metrics.gauge({ name: 'ratchet_one_open', help: 'Open ones', toldBy: 'leader', labelNames: ['state'] });`;
    expect(referenceOf(source)).toContain('| `ratchet_one_open` | gauge | `state` | Open ones; told by the leader | one |');
  });

  it.each([
    [`metrics.counter({ name: 'ratchet_one', help: 'h' })`, 'with _total at its end'],
    [`metrics.gauge({ name: 'ratchet_one_total', help: 'h' })`, 'without _total at its end'],
    [`metrics.gauge({ name: 'one_open', help: 'h' })`, 'is named ratchet_'],
    [`metrics.gauge({ name: 'ratchet_one_wait_ms', help: 'h' })`, 'times are in seconds'],
    [`metrics.histogram({ name: 'ratchet_one_wait', help: 'h' })`, 'with its unit at its end'],
    [`metrics.gauge({ name: 'ratchet_one_duration', help: 'h' })`, 'a time is named _seconds'],
    [`metrics.counter({ name: 'ratchet_one_total', help: 'h', labelNames: ['conversation_id'] })`, 'the label conversation_id'],
    [`metrics.counter({ name: 'ratchet_one_total', help: 'h', labelNames: ['user'] })`, 'the label user'],
    ['metrics.counter({ name, help: "h" })', 'have to be literals'],
    ['metrics.counter(options)', 'have to be literals'],
    [`new Counter({ name: 'ratchet_one_total', help: 'h' })`, 'made by `Metrics`'],
    [`metrics.counter({ name: 'ratchet_one_total', help: 'h', labelNames: ['a'] }); metrics.counter({ name: 'ratchet_one_total', help: 'h', labelNames: ['b'] })`, 'has other labels elsewhere'],
  ])('refuses %s', (source, fault) => {
    expect(() => referenceOf(source)).toThrow(fault);
  });
});
