import type { CategoryResult, GateReport, GateResult } from '@ratchet/gates';

import { printableText } from '../printable-text.js';

const CELL_CHARS_MAX = 600;
/** A comment on a pull request holds 65,536 characters. */
const CATEGORIES_MAX = 100;

/**
 * A text of users as plain text in Markdown: no markup, no HTML, no link that makes itself, and nobody who is called by an `@` or an
 * issue that is touched by a `#`: those are looked for in the rendered text, where only a space of no width keeps them apart.
 */
export const markdownText = (text: string): string =>
  printableText(text, CELL_CHARS_MAX)
    .trim()
    .replace(/[\\`*_{}[\]()<>|~&$^=!"'@#]|\.(?=\p{L})|:(?=\/)/gu, (character) => `&#${character.codePointAt(0)};${/[@#]/u.test(character) ? '&#8203;' : ''}`);

const icons: Readonly<Record<GateResult['verdict'] | GateReport['outcome'], string>> = { passed: '✅', failed: '❌', insufficient: '⚠️', needs_human: '⚠️' };

const gateRow = ({ name, required, verdict, n, missing, message }: GateResult): string =>
  `| \`${name}\` | ${required ? 'yes' : 'no'} | ${icons[verdict]} ${verdict.replace('_', ' ')} | ${n} | ${missing} | ${markdownText(message)} |`;

const stateOf = ({ harmed, suspect, thin }: CategoryResult): string => (harmed ? '❌ harmed' : suspect ? '⚠️ may be worse' : thin ? 'thin' : '✅ kept');

const points = (value: number): string => (value * 100).toFixed(1);

const categoryRow = (one: CategoryResult): string =>
  `| ${markdownText(one.category)} | ${stateOf(one)} | ${one.old.toFixed(3)} | ${one.new.toFixed(3)} | ${points(one.difference)} ± ${points(one.halfWidth)} points | ${one.n} |`;

const categoryTable = (categories: readonly CategoryResult[]): string[] => {
  if (categories.length === 0) return [];
  const left = categories.length - CATEGORIES_MAX;
  return [
    '',
    `<details><summary>${categories.length} categor${categories.length === 1 ? 'y' : 'ies'} of the general suite, most harmed first</summary>`,
    '',
    '| category | | old | new | difference | n |',
    '| --- | --- | --- | --- | --- | --- |',
    ...categories.slice(0, CATEGORIES_MAX).map(categoryRow),
    ...(left > 0 ? ['', `and ${left} more`] : []),
    '',
    '</details>',
  ];
};

/** A report as Markdown for a comment on a pull request: a table of gates, and one of categories. */
export const markdownReport = ({ outcome, summary, gates }: GateReport): string =>
  [
    `### ${icons[outcome]} Ratchet gate: ${outcome}`,
    '',
    markdownText(summary),
    '',
    '| gate | required | verdict | n | missing | evidence |',
    '| --- | --- | --- | --- | --- | --- |',
    ...gates.map(gateRow),
    ...categoryTable(gates.flatMap(({ categories }) => categories ?? [])),
    '',
  ].join('\n');
