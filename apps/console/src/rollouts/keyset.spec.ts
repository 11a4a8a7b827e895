import { describe, expect, it } from '@jest/globals';
import { askedOf, pageOf } from './keyset.js';

const column = { id: 'rollout_id', at: 'started_at' };

describe('pages of a list', () => {
  it('go on after the last row of the one before, whatever its id', () => {
    const asked = askedOf({ limit: 1 });
    const at = new Date(1_700_000_000_123);
    const next = asked.nextAfter([{ at, id: 'a.b/c' }, { at, id: 'd' }], (row) => row);
    const { where, values } = pageOf(askedOf({ limit: 1, after: next ?? '' }), column);
    expect(where).toBe('where (started_at, rollout_id) < ($1::timestamptz, $2)');
    expect(values).toEqual([at, 'a.b/c']);
  });

  it('end where there is no row more than were asked for', () => {
    expect(askedOf({ limit: 2 }).nextAfter([{ at: new Date(), id: 'a' }, { at: new Date(), id: 'b' }], (row) => row)).toBeNull();
  });

  it.each(['', 'x', '.a', '1e400.a', 'NaN.a', '9999999999999999.a', '1.5.a'.replace('1.5', '1e-3')])('refuse a place that no answer gave: %j', (after) => {
    expect(() => askedOf({ limit: 1, after })).toThrow('begin without it');
  });

  it('take no NUL to the database', () => {
    expect(pageOf(askedOf({ limit: 1, model: 'a\u0000b', is: 'open' }), column)).toMatchObject({ where: 'where is_open and model = $1', values: ['a\uFFFDb'] });
  });
});
