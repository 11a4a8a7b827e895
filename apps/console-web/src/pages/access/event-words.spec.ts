import { accessEventKinds } from '@ratchet/console-api';
import { describe, expect, it } from '@jest/globals';
import { eventWords } from './event-words';

describe('eventWords', () => {
  it('has a sentence for every kind, whatever the details are', () => {
    for (const kind of accessEventKinds) {
      const sentence = eventWords({ kind, body: { user: 7, by: null } });
      expect(sentence).not.toMatch(/undefined|null|\[object/);
      expect(sentence.length).toBeGreaterThan(3);
    }
  });

  it('names what was before and what is after', () => {
    expect(eventWords({ kind: 'role_changed', body: { user: 'ada', before: 'viewer', after: 'operator' } })).toBe('changed the role of ada: viewer → operator');
    expect(eventWords({ kind: 'role_changed', body: { user: 'ada', before: 'viewer', after: null, by: 'provider' } })).toBe('came with another role: viewer → none');
  });
});
