/** Of a document in Markdown: its code, blocks line by line (a line that ends in a backslash goes on) and what stands in backticks. */
export const codeOf = (text: string): string[] => {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^\s*(```|~~~)/u.exec(line)?.[1];
    if (mark && (fence === undefined || fence === mark)) fence = fence === undefined ? mark : undefined;
    else if (fence !== undefined || /^(?: {4}|\t)\s*\S/u.test(line)) lines.push(line.trim());
    else lines.push(...[...line.matchAll(/`([^`]+)`/gu)].map(([, code]) => code ?? ''));
  }
  return lines.join('\n').replaceAll(/\\\n\s*/gu, '').split('\n');
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
