import { describe, expect, it } from '@jest/globals';
import { BadRequestException, NotFoundException } from '@nestjs/common';
import { z } from 'zod';
import { Conditions, cursorInstant, cursorOf, cursorText, idOfPath, keyOfCursor, pageOf } from './paging.js';

const schema = z.tuple([cursorInstant, cursorText]);

describe('pages of lists', () => {
  it('end with a cursor of their last row, as long as there are more', () => {
    const rows = ['a', 'b', 'c'];
    const page = pageOf(rows, 2, (row) => [row]);
    expect(page.items).toEqual(['a', 'b']);
    expect(keyOfCursor(page.next ?? '', z.tuple([cursorText]))).toEqual(['b']);
    expect(pageOf(rows, 3, (row) => [row]).next).toBeNull();
    expect(pageOf([], 3, () => []).next).toBeNull();
  });

  it('refuse cursors that no list gave, before the database sees them', () => {
    for (const key of [['x', 'a'], ['0000-01-01T00:00:00Z', 'a'], ['2026-01-01T00:00:00+23:59', 'a'], ['2026-01-01T00:00:00Z', 'a\0'], ['2026-01-01T00:00:00Z', '\ud800'], ['2026-01-01T00:00:00Z'], [1, 2]]) {
      expect(() => keyOfCursor(cursorOf(key), schema)).toThrow(BadRequestException);
    }
    expect(() => keyOfCursor('%%', schema)).toThrow(BadRequestException);
    expect(keyOfCursor(cursorOf(['2026-01-01T00:00:00.000001+00:00', 'a']), schema)).toEqual(['2026-01-01T00:00:00.000001+00:00', 'a']);
    expect(keyOfCursor(undefined, schema)).toBeUndefined();
  });

  it('do not look for what nothing can be named', () => {
    for (const id of ['', 'a\0', 'x'.repeat(201)]) expect(() => idOfPath(id, 'cycle')).toThrow(NotFoundException);
    expect(idOfPath('a/b', 'cycle')).toBe('a/b');
  });

  it('ask with the conditions that were given, and with these alone', () => {
    const asked = new Conditions().and('model = ?', 'm').and('workload = ?', undefined).and('(a, b) < (?::timestamptz, ?)', 'x', 'y');
    expect(`${asked.sql} limit ${asked.add(3)}`).toBe('where model = $1 and (a, b) < ($2::timestamptz, $3) limit $4');
    expect(asked.parameters).toEqual(['m', 'x', 'y', 3]);
    expect(new Conditions().and('a = ?', undefined).sql).toBe('');
  });
});
