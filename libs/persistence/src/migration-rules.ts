/** What a service of the last release, which still runs while a migration of the next one is done, may fail on. */
export interface Contraction {
  readonly rule: string;
  readonly statement: string;
  readonly instead: string;
}

const RULES: readonly { readonly rule: string; readonly pattern: RegExp; readonly instead: string }[] = [
  { rule: 'drops a table', pattern: /\bdrop\s+table\b/iu, instead: 'stop using it in one release, and drop it in the next' },
  { rule: 'drops a column', pattern: /\bdrop\s+(?:column\s+)?(?!constraint|table|index|trigger|function|view|not|default|identity|expression|schema|role|type|policy)(?=[\w"])/iu, instead: 'stop using it in one release, and drop it in the next' },
  { rule: 'renames', pattern: /\brename\s+(?:to|column|constraint|[\w"]+\s+to)\b/iu, instead: 'add the new name, write both, read the new one in the next release, then drop the old one' },
  { rule: 'changes a type', pattern: /\balter\s+(?:column\s+)?[\w"]+\s+(?:set\s+data\s+)?type\b/iu, instead: 'add a column of the new type, write both, then drop the old one a release later' },
  { rule: 'forbids null', pattern: /\bset\s+not\s+null\b/iu, instead: 'write it in one release, and forbid null in the next' },
  { rule: 'adds a column that must be written', pattern: /\badd\s+(?:column\s+)?(?!constraint)(?:if\s+not\s+exists\s+)?[\w"]+\s+(?=[^,;]*\bnot\s+null\b)(?![^,;]*\b(?:default|generated)\b)/iu, instead: 'give it a default, or allow null' },
  { rule: 'takes a default away', pattern: /\bdrop\s+default\b/iu, instead: 'keep it until no release that relies on it runs' },
  { rule: 'adds a constraint to what others write', pattern: /\badd\s+(?:constraint\s+[\w"]+\s+)?(?:check|unique|primary\s+key|foreign\s+key|exclude)\b/iu, instead: 'keep to it in one release, and add it in the next, `not valid` first' },
];

const withoutComments = (sql: string): string => sql.replaceAll(/--[^\n]*/gu, '');

/** The parts of a migration's SQL that take something away from services of the last release. What is made in a `create` is new, and may be anything. */
export const contractionsIn = (sql: string): Contraction[] =>
  withoutComments(sql)
    .split(';')
    .map((statement) => statement.trim().replaceAll(/\s+/gu, ' '))
    .filter((statement) => /^(?:alter|drop)\s/iu.test(statement))
    .flatMap((statement) => RULES.filter(({ pattern }) => pattern.test(statement)).map(({ rule, instead }) => ({ rule, statement, instead })));
