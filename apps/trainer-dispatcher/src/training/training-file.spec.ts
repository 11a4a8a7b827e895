import { describe, expect, it } from '@jest/globals';
import type { Example } from '@ratchet/domain';
import { trainingFile } from './training-file.js';

const example = (exampleId: string, input: string): Example => ({
  exampleId,
  input,
  output: 'an answer',
  source: 'user_correction',
  split: 'train',
  confidence: 0.9,
  lineage: { interactionIds: [] },
});

describe('trainingFile', () => {
  it('is the same text whatever the order of the examples', () => {
    expect(trainingFile([example('b', 'two'), example('a', 'one')])).toBe(trainingFile([example('a', 'one'), example('b', 'two')]));
  });

  it('is one chat a line, with line breaks of the users kept inside', () => {
    const lines = trainingFile([example('a', 'line one\nline two')]).split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ messages: [{ role: 'user', content: 'line one\nline two' }, { role: 'assistant', content: 'an answer' }], weight: 0.9 });
  });
});
