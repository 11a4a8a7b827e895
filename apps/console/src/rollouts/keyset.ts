import { BadRequestException } from '@nestjs/common';
import { storable } from '@ratchet/persistence';
import type { RunsQuery } from '@ratchet/console-api';

/** Where a list, newest first, goes on. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

export interface Asked extends Omit<RunsQuery, 'after'> {
  readonly after?: Place | undefined;
  /** The `next` of an answer: null where there is no more. */
  readonly nextAfter: <Row>(rows: readonly Row[], placeOf: (row: Row) => Place) => string | null;
}

/** The latest moment that both Date and timestamptz write with four digits of the year. */
const LATEST_MS = 253_402_300_799_999;

const placeIn = (after: string): Place => {
  const cut = after.indexOf('.');
  const ms = Number(after.slice(0, cut));
  if (cut < 1 || !Number.isInteger(ms) || Math.abs(ms) > LATEST_MS) throw new BadRequestException('after is not the next of an answer: begin without it.');
  return { at: new Date(ms), id: after.slice(cut + 1) };
};

/** A query as it was asked. Throws a BadRequestException where `after` is not one that an answer gave. */
export const askedOf = (query: RunsQuery): Asked => {
  const { after, ...rest } = storable(query);
  return {
    ...rest,
    after: after === undefined ? undefined : placeIn(after),
    nextAfter: (rows, placeOf) => {
      const last = rows[rest.limit - 1];
      if (rows.length <= rest.limit || last === undefined) return null;
      const { at, id } = placeOf(last);
      return `${at.getTime()}.${id}`;
    },
  };
};

/** The condition of a page, whose columns are named by the caller, never by a request. */
export const pageOf = ({ is, model, workload, after, limit }: Asked, column: { readonly id: string; readonly at: string }): { readonly where: string; readonly values: unknown[]; readonly limit: number } => {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const given = (value: unknown): string => `$${values.push(value)}`;
  if (is !== undefined) conditions.push(is === 'open' ? 'is_open' : 'not is_open');
  if (model !== undefined) conditions.push(`model = ${given(model)}`);
  if (workload !== undefined) conditions.push(`workload = ${given(workload)}`);
  // Moments are kept to the millisecond, as events tell them.
  if (after) conditions.push(`(${column.at}, ${column.id}) < (${given(after.at)}::timestamptz, ${given(after.id)})`);
  return { where: conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`, values, limit };
};
