import type { CategoryResult, GateReport, GateResult } from '@ratchet/gates';

interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly state: 'passed' | 'failure' | 'skipped';
  readonly type: string;
  readonly message: string;
}

/** What XML 1.0 has no way to write, not even escaped: control characters but three, and halves of surrogate pairs. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };

/** A text as XML holds it in attributes and elements alike. */
export const xmlText = (text: string): string => text.replace(NOT_XML, '').replace(/[&<>"'\t\n\r]/gu, (character) => entities[character] ?? '');

/** Only what keeps a candidate from passing is a failure; what could not be told, or is not required, is skipped. */
const gateCase = ({ name, required, verdict, message }: GateResult): TestCase => ({
  className: 'ratchet.gate',
  name,
  state: verdict === 'passed' ? 'passed' : verdict === 'failed' && required ? 'failure' : 'skipped',
  type: verdict,
  message: required ? message : `not required: ${message}`,
});

const points = (value: number): string => (value * 100).toFixed(1);

const describeCategory = ({ n, old, new: now, difference, halfWidth }: CategoryResult): string =>
  `score ${now.toFixed(3)}, was ${old.toFixed(3)}: ${points(difference)} ± ${points(halfWidth)} points (n=${n})`;

const categoryCase = (category: CategoryResult, required: boolean): TestCase => {
  const { harmed, suspect, thin } = category;
  const type = harmed ? 'harmed' : suspect ? 'suspect' : thin ? 'thin' : 'kept';
  const notes = { harmed: 'worse than allowed', suspect: 'may be worse', thin: 'too few items to prove by itself', kept: 'proven to be kept' };
  return {
    className: 'ratchet.gate.no_regression',
    name: category.category,
    state: type === 'kept' ? 'passed' : harmed && required ? 'failure' : 'skipped',
    type,
    message: `${notes[type]}: ${describeCategory(category)}`,
  };
};

const outcomeOf = ({ state, type, message }: TestCase): string => {
  if (state === 'passed') return `<system-out>${xmlText(message)}</system-out>`;
  if (state === 'skipped') return `<skipped message="${xmlText(`${type}: ${message}`)}"/>`;
  return `<failure type="${xmlText(type)}" message="${xmlText(message)}"/>`;
};

/** A report as JUnit XML: one test case for each gate, and one for each category of the general suite. */
export const junitReport = ({ summary, gates }: GateReport): string => {
  const cases = gates.flatMap((gate) => [gateCase(gate), ...(gate.categories ?? []).map((category) => categoryCase(category, gate.required))]);
  const count = (state: TestCase['state']): number => cases.filter((one) => one.state === state).length;
  const totals = `tests="${cases.length}" failures="${count('failure')}" errors="0" skipped="${count('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ratchet gate" ${totals}>`,
    `  <testsuite name="candidate" ${totals}>`,
    ...cases.map((one) => `    <testcase classname="${one.className}" name="${xmlText(one.name)}">${outcomeOf(one)}</testcase>`),
    `    <system-out>${xmlText(summary)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};
