import { describe, expect, it } from '@jest/globals';
import { schemaOf } from './database.js';

describe('schemaOf', () => {
  it('gives a service a schema of its own that needs no quotes', () => {
    expect(schemaOf('signal-detector')).toBe('signal_detector');
    expect(schemaOf('a-b-c')).toBe('a_b_c');
  });
});
