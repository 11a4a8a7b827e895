import { describe, expect, it } from '@jest/globals';
import { beginsTransaction, labelOfWrite } from './death-warrant.js';

describe('labelOfWrite', () => {
  it.each([
    ['insert into rollouts (rollout_id) values ($1)', 'insert rollouts'],
    ['\n  update targets set champion = $2', 'update targets'],
    ['delete from outbox where sequence <= $1', 'delete outbox'],
    ['COMMIT', 'commit'],
  ])('names what %j writes', (sql, label) => expect(labelOfWrite(sql, true)).toBe(label));

  it.each(['select 1 from rollouts for update', 'START TRANSACTION', 'delete from pending_units where rollout_id = $1'])('passes over %j', (sql) => expect(labelOfWrite(sql, true)).toBeUndefined());

  it('knows the beginning of a transaction', () => expect(['BEGIN', 'start transaction', 'beginning'].map(beginsTransaction)).toEqual([true, true, false]));

  it('passes over the commit of what only read', () => expect(labelOfWrite('COMMIT', false)).toBeUndefined());
});
