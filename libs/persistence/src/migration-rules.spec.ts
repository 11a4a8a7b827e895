// Goal: no migration takes away what services of the last release use. Method: the SQL of every migration in the repository is read as text.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { contractionsIn } from './migration-rules.js';

const root = new URL('../../../', import.meta.url).pathname;

/** Reviewed: each with why services of the last release go on. What is here from before the first release was never updated from. */
const accepted: readonly { readonly file: string; readonly statement: RegExp; readonly because: string }[] = [
  { file: 'libs/persistence/src/platform-tables.migration.ts', statement: /^alter table outbox alter column key type json/, because: 'before the first release' },
  { file: 'libs/persistence/src/inbox-generations.migration.ts', statement: /^alter table inbox rename to inbox_before$/, because: 'a table of the same name takes the statements of the last release: tested beside it' },
  { file: 'apps/analyzer/src/persistence/0003-diagnosis.migration.ts', statement: /^alter table opportunities add constraint opportunities_state_check/, because: 'before the first release' },
  { file: 'apps/analyzer/src/persistence/0004-strategies.migration.ts', statement: /^drop table strategy_outcomes$/, because: 'before the first release' },
  { file: 'apps/data-generator/src/persistence/0003-review-and-datasets.migration.ts', statement: /^alter table review_items/, because: 'before the first release' },
  { file: 'apps/trainer-dispatcher/src/persistence/awaiting-person.migration.ts', statement: /^alter table cycles drop constraint cycles_state_check/, because: 'before the first release' },
  { file: 'apps/evaluator/src/persistence/migrations/0008-versions-of-targets.migration.ts', statement: /^alter table versions drop constraint versions_pkey, add primary key/, because: 'wider than the key before: what the last release writes fits' },
];

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.ts$/u.test(entry.name) && !/\.(?:spec|itest)\.ts$/u.test(entry.name) ? [path] : [];
  });

/** Files with migrations, or with the statements of one; SQL is in their texts in quotes. */
const migrations = ['apps', 'libs']
  .flatMap((folder) => filesBelow(join(root, folder)))
  .map((path) => ({ file: relative(root, path), source: readFileSync(path, 'utf8') }))
  .filter(({ file, source }) => /extends ForwardMigration|implements MigrationInterface|create table /u.test(source) && !/spec-support|migration-rules/u.test(file));
const textsOf = (source: string): string[] => [...source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gmu, '').matchAll(/`([^`]*)`|'((?:[^'\\\n]|\\.)*)'/gu)].map(([, template, quoted]) => template ?? quoted ?? '');
const found = migrations.flatMap(({ file, source }) => textsOf(source).flatMap((text) => contractionsIn(text).map((contraction) => ({ file, ...contraction }))));

describe('the migrations', () => {
  it('take nothing away from services of the last release', () => {
    const refused = found.filter(({ file, statement }) => !accepted.some((one) => one.file === file && one.statement.test(statement)));
    expect(refused.map(({ file, rule, statement, instead }) => `${file}: ${rule}: ${statement}: ${instead}, or have it reviewed and accepted here`)).toEqual([]);
  });

  it('are all read, and what is accepted is still there', () => {
    expect(migrations.length).toBeGreaterThan(30);
    for (const { file, statement } of accepted) expect(found.filter((one) => one.file === file && statement.test(one.statement))).not.toEqual([]);
  });
});

describe('the rules of migrations', () => {
  it.each([
    ['alter table t drop column c', 'drops a column'],
    ['alter table t drop c', 'drops a column'],
    ['alter table t add a int, drop column if exists c', 'drops a column'],
    ['drop table t', 'drops a table'],
    ['alter table t rename to u', 'renames'],
    ['alter table t rename column c to d', 'renames'],
    ['alter table t rename c to d', 'renames'],
    ['alter table t alter column c type bigint', 'changes a type'],
    ['alter table t alter c set data type bigint', 'changes a type'],
    ['alter table t alter column c set not null', 'forbids null'],
    ['alter table t alter column c drop default', 'takes a default away'],
    ['alter table t add column c text not null', 'adds a column that must be written'],
    ['alter table t add c text not null', 'adds a column that must be written'],
    ['alter table t add column a text, add column c text not null, add column d int default 1', 'adds a column that must be written'],
    ['alter table t add constraint c check (a > 0)', 'adds a constraint to what others write'],
    ['alter table t add unique (a)', 'adds a constraint to what others write'],
  ])('refuse %j', (sql, rule) => expect(contractionsIn(`select 1;\n ${sql};`)).toMatchObject([{ rule }]));

  it.each([
    'alter table t add column c text',
    `alter table t add column c text not null default ''`,
    'alter table t add column c bigint generated always as identity not null',
    'alter table t drop constraint c',
    'alter table t alter column c drop not null',
    'alter table t alter column c set default 1',
    'create table t (a text not null check (a <> \'\'), unique (a))',
    'create index on t (a); drop index old_one; drop trigger x on t',
    '-- alter table t drop column c\nselect 1',
  ])('let %j pass', (sql) => expect(contractionsIn(sql)).toEqual([]));
});
