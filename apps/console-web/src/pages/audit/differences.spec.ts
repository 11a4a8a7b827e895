import { describe, expect, it } from '@jest/globals';
import { differencesOf, fieldOf } from './differences';

describe('what a decision changed', () => {
  it('stands side by side, by name', () => {
    expect(differencesOf({ before: { state: 'CANARY' }, after: { state: 'PAUSED', share: 0.05 } })).toEqual([
      { name: 'share', before: '–', after: '0.05', isChanged: false },
      { name: 'state', before: 'CANARY', after: 'PAUSED', isChanged: true },
    ]);
  });

  it('is nothing where a record tells of nothing', () => {
    expect(differencesOf({ before: null })).toEqual([]);
    expect(fieldOf({ actor: null }, 'actor')).toBe('–');
  });
});
