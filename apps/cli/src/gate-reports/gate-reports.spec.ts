import { describe, expect, test } from '@jest/globals';
import { type GateReport, judgeCandidate, type ScoredItem } from '@ratchet/gates';

import { junitReport, xmlText } from './junit-report.js';
import { markdownReport, markdownText } from './markdown-report.js';

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const TOKEN = /<\?xml [^?]*\?>|<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|apos|#\d+);[^"<&]*)*")*)\s*(\/?)>|([^<&]*(?:&(?:amp|lt|gt|quot|apos|#\d+);[^<&]*)*)/uy;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const decode = (text: string): string => text.replace(/&(?:#(\d+)|(\w+));/gu, (_, code?: string, name?: string) => (code === undefined ? (named[name ?? ''] ?? '') : String.fromCodePoint(Number(code))));

/** Reads XML without namespaces, comments and sections; throws where it is not well formed or holds a character that XML does not have. */
const parseXml = (xml: string): Element => {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u.test(xml)) throw new Error('a character that XML does not have');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < xml.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(xml);
    if (!match || TOKEN.lastIndex === start) throw new Error(`not well formed at ${start}: ${xml.slice(start, start + 40)}`);
    const [, closing, name, attributes = '', empty, text] = match;
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.text += decode(text);
    if (name === undefined) continue;
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`${name} is closed where it is not open`);
      continue;
    }
    const element: Element = { name, attributes: Object.fromEntries([...attributes.matchAll(/([a-z]+)="([^"]*)"/gu)].map(([, key = '', value = '']) => [key, decode(value)])), children: [], text: '' };
    parent.children.push(element);
    if (!empty) open.push(element);
  }
  if (open.length !== 1 || root.children.length !== 1 || !root.children[0]) throw new Error('not one closed element');
  return root.children[0];
};

const items = (count: number, make: (index: number) => Partial<ScoredItem>): ScoredItem[] =>
  Array.from({ length: count }, (_, index) => ({ id: `i${index}`, suite: 'general', score: 1, ...make(index) }));

const report = (category: string, lost: number): GateReport =>
  judgeCandidate({
    incumbent: items(2_000, (index) => ({ category: index % 2 === 0 ? category : 'other' })),
    candidate: items(2_000, (index) => ({ category: index % 2 === 0 ? category : 'other', score: index < lost && index % 2 === 0 ? 0 : 1 })),
    config: { required: { target_improvement: false, safety_pass: false } },
  });

const HOSTILE = 'a<b> & "c" \'d\' ]]>\u0000\u001b[31m\ud800\ufffe\n| `x` [l](http://evil.example) @team #1 <script> 你好';

const casesOf = (xml: string): Element[] => parseXml(xml).children[0]?.children.filter(({ name }) => name === 'testcase') ?? [];

describe('the JUnit report', () => {
  test('has a test case for each gate and each category, and counts what failed and what was skipped', () => {
    const xml = junitReport(report('billing', 200));
    const suites = parseXml(xml);
    expect(suites).toMatchObject({ name: 'testsuites', attributes: { tests: '7', failures: '2', errors: '0', skipped: '4' } });
    const cases = casesOf(xml);
    expect(cases.map(({ attributes }) => attributes['name'])).toEqual(['target_improvement', 'no_regression', 'billing', 'other', 'safety_pass', 'latency_acceptable', 'cost_acceptable']);
    expect(cases[1]?.children[0]).toMatchObject({ name: 'failure', attributes: { type: 'failed' } });
    expect(cases[2]?.children[0]).toMatchObject({ name: 'failure', attributes: { type: 'harmed' } });
    expect(cases[3]?.children[0]).toMatchObject({ name: 'system-out' });
    expect(cases[4]?.children[0]?.attributes['message']).toMatch(/^insufficient: not required: /u);
  });

  test('stays well formed whatever a category is called, and loses only what XML has no way to write', () => {
    const cases = casesOf(junitReport(report(HOSTILE, 200)));
    expect(cases.map(({ attributes }) => attributes['name'])).toContain(HOSTILE.replace(/[\u0000\u001b\ufffe]|\p{Cs}/gu, ''));
  });

  test('has no failure where nothing failed', () => {
    expect(parseXml(junitReport(report('billing', 0))).attributes).toMatchObject({ failures: '0' });
  });

  test('its reader refuses what is not well formed', () => {
    for (const broken of ['<a>', '<a></b>', '<a x="<"/>', '<a>&</a>', '<a/><b/>', '<a>\u0001</a>']) expect(() => parseXml(broken)).toThrow();
    expect(parseXml(`<a x="${xmlText(HOSTILE)}"/>`).attributes['x']).toContain('你好');
  });
});

describe('the Markdown report', () => {
  test('is a table with a row for each gate, and one for each category', () => {
    const lines = markdownReport(report('billing', 200)).split('\n');
    expect(lines[0]).toBe('### ❌ Ratchet gate: failed');
    expect(lines.filter((line) => line.startsWith('| `'))).toHaveLength(5);
    expect(lines).toContainEqual(expect.stringMatching(/^\| billing \| ❌ harmed \| 1\.000 \| 0\.900 \| -10\.0 ± 1\.\d points \| 1000 \|$/u));
  });

  test('keeps its tables whole and its text plain whatever a category is called', () => {
    const markdown = markdownReport(report(HOSTILE, 200));
    for (const row of markdown.split('\n').filter((line) => line.startsWith('|'))) expect([6, 7]).toContain(row.split('|').length - 1);
    for (const markup of ['<script', '[l]', 'http://evil', '@team', ' #1', '\u001b', '\u0000']) expect(markdown).not.toContain(markup);
    expect(markdown).toContain('你好');
  });

  test.each([
    ['**bold** _it_', '&#42;&#42;bold&#42;&#42; &#95;it&#95;'],
    ['www.evil.example', 'www&#46;evil&#46;example'],
    ['gain 0.83 ± 0.02 (n=3)', 'gain 0.83 ± 0.02 &#40;n&#61;3&#41;'],
    ['two\nlines', 'two lines'],
    ['@all', '&#64;&#8203;all'],
  ])('writes %j as plain text', (text, markdown) => {
    expect(markdownText(text)).toBe(markdown);
  });
});
