import { BadRequestException, NotFoundException } from '@nestjs/common';
import { z } from 'zod';

const ID_CHARS_MAX = 200;

/** Where a page ends: the sort key of its last row, written so that nobody takes it apart. */
export const cursorOf = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** Texts of a cursor go to the database, which takes no NUL. */
export const cursorText = z.string().max(1_000).refine((text) => !text.includes('\0') && text.isWellFormed());
/** As PostgreSQL writes a moment, to the microsecond; neither a year nor a zone that it does not read. */
export const cursorInstant = z.iso.datetime({ offset: true }).regex(/^(?!0000).*(?:Z|[+-](?:0\d|1[0-4]):\d\d)$/u);

/** The key in a cursor. Throws 400 for what this list never gave. */
export const keyOfCursor = <Key>(after: string | undefined, schema: z.ZodType<Key>): Key | undefined => {
  if (after === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(after, 'base64url').toString('utf8')));
  } catch {
    throw new BadRequestException('after: is not the `next` of a page of this list; leave it out to begin anew.');
  }
};

export interface PageOf<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

/** A page of at most `limit` items from up to one row more than that. */
export const pageOf = <Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly (string | number)[]): PageOf<Row> => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(keyOf(last)) : null };
};

/** An id as a path has it. Throws 404 for what nothing can be named: the database is not asked then. */
export const idOfPath = (id: string, what: string): string => {
  if (id === '' || id.length > ID_CHARS_MAX || id.includes('\0')) throw new NotFoundException(`There is no such ${what}.`);
  return id;
};

/** Conditions of a query and their parameters, in order; only what was asked for is in it, so that each way of asking has its index. */
export class Conditions {
  readonly parameters: unknown[] = [];
  private readonly parts: string[] = [];

  /** `?` stands for the values, one after the other. */
  and(sql: string, ...values: readonly unknown[]): this {
    if (values.includes(undefined)) return this;
    let at = this.parameters.length;
    this.parameters.push(...values);
    this.parts.push(sql.replaceAll('?', () => `$${(at += 1)}`));
    return this;
  }

  get sql(): string {
    return this.parts.length === 0 ? '' : `where ${this.parts.join(' and ')}`;
  }

  /** The place of one more parameter. */
  add(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }
}

/** A moment as JSON has it, with all of its microseconds. */
export const instantSql = (column: string): string => `to_json(${column}) #>> '{}'`;
