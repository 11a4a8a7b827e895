/** Lines of a document in Markdown that stand in a block of code, with the language where the block names one, and those that do not. */
const linesOf = (text: string): { line: string; isCode: boolean; language: string }[] => {
  const lines: { line: string; isCode: boolean; language: string }[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^\s*(?:```|~~~)\s*([\w-]*)/u.exec(line);
    if (mark) fence = fence === undefined ? (mark[1] ?? '') : undefined;
    else lines.push({ line: line.trim(), isCode: fence !== undefined || /^(?: {4}|\t)\s*\S/u.test(line), language: fence ?? '' });
  }
  return lines;
};

/** A line that ends in a backslash goes on in the next one. */
const joined = (lines: readonly string[]): string[] => lines.join('\n').replaceAll(/\\\n/gu, '').split('\n');

/** The code of a document: its blocks line by line, and what stands in backticks. */
export const codeOf = (text: string): string[] => joined(linesOf(text).flatMap(({ line, isCode }) => (isCode ? [line] : [...line.matchAll(/`([^`]+)`/gu)].map(([, code]) => code ?? ''))));

const PROGRAMS = /^(?:\(cd|mkdir|timeout|npx|npm|node|curl|docker|helm|kubectl|psql|pg_\w+|openssl|kcat|kafka-\S+|apt-get|git)\s/u;
const withoutRemark = (line: string): string => line.replace(/^\$ /u, '').replace(/\s+#\s.*$/u, '').trim();

/** Commands that a reader is to run: lines of blocks for a shell, with the variables before them; what a quote begins goes on until its end. */
export const blockCommands = (text: string): string[] => {
  const lines = joined(linesOf(text).filter(({ isCode, language }) => isCode && ['', 'sh', 'bash', 'console', 'text'].includes(language)).map(({ line }) => line));
  const whole: string[] = [];
  for (const line of lines) {
    const open = whole.at(-1);
    if (open !== undefined && (open.split("'").length - 1) % 2 === 1) whole[whole.length - 1] = `${open}\n${line}`;
    else if (PROGRAMS.test(line.replace(/^\$ /u, '').replace(/^(?:[A-Z_]+=\S+ )+/u, ''))) whole.push(withoutRemark(line));
  }
  return whole;
};

/** Lines of the code that call a program, such as `npx ratchet`, without variables before it and comments after it. */
export const commandLines = (text: string, program: string): string[] => [
  ...new Set(codeOf(text).flatMap((line) => /^(?:\$ )?(?:[A-Z_]+=\S+ )*(.+)$/u.exec(line)?.[1] ?? []).filter((line) => line.startsWith(`${program} `)).map((line) => line.replace(/\s+#\s.*$/u, '').trim())),
];

/** Words of a line as a shell would split it, without what is done with its output. */
export const wordsOf = (line: string): string[] => [...(line.split(/\s[|>]{1,2}\s|\s&&\s/u)[0] ?? '').matchAll(/'[^']*'|"[^"]*"|\S+/gu)].map(([word]) => word.replaceAll(/^['"]|['"]$/gu, ''));

/** Links to files of the project, with their anchors. */
export const linksOf = (text: string): string[] =>
  [...text.replaceAll(/^```[^]*?^```/gmu, '').replaceAll(/`[^`\n]*`/gu, '').matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link]) => link ?? '').filter((link) => !/^[a-z]+:/u.test(link));

/** Anchors of the headings, as GitHub makes them. */
export const anchorsOf = (text: string): string[] =>
  [...text.replaceAll(/^```[^]*?^```/gmu, '').matchAll(/^#+ (.+)$/gmu)].map(([, heading]) => (heading ?? '').toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(/\s/gu, '-'));
