import { describe, expect, it } from '@jest/globals';
import { actionOf } from './keys';

const pressed = (key: string, more: object = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more });

describe('actionOf', () => {
  it.each([['a', 'approve'], ['E', 'edit'], ['?', 'keys'], ['j', 'next'], ['Enter', undefined], ['toString', undefined], ['q', undefined]])('%s means %s', (key, action) => {
    expect(actionOf(pressed(key), { tagName: 'BODY' })).toBe(action);
  });

  it('leaves text fields and shortcuts of the browser alone', () => {
    expect(actionOf(pressed('a'), { tagName: 'textarea' })).toBeUndefined();
    expect(actionOf(pressed('a'), { tagName: 'DIV', isContentEditable: true })).toBeUndefined();
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) expect(actionOf(pressed('r', { [modifier]: true }), null)).toBeUndefined();
  });

  it('takes a key that is held down for one decision', () => {
    expect(actionOf(pressed('a', { repeat: true }), null)).toBeUndefined();
    expect(actionOf(pressed('j', { repeat: true }), null)).toBe('next');
  });
});
