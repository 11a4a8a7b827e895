import { describe, expect, it } from '@jest/globals';
import { shippedStrategies } from './catalogue.js';
import { acceptProposal } from './proposal.js';

const supply = { hasTeacher: true, corrected: 5, agreeingUsers: 3, agreeingUsersMin: 3 };
const data = { corrections: 'taught', variations: 7, augmentTo: 50, curriculum: false };
const accept = (proposal: unknown, parts: object = {}) => acceptProposal({ proposal, fixType: 'training_examples', known: shippedStrategies, supply, ...parts });

describe('acceptProposal', () => {
  it('makes a strategy of the teacher\'s of a whole and new one', () => {
    expect(accept({ summary: 'Many wordings.', data, training: { recipe: 'fast', retentionRatio: 3 } })).toMatchObject({
      strategy: { origin: 'teacher', fixType: 'training_examples', summary: 'Many wordings.', data, training: { recipe: 'fast', retentionRatio: 3 } },
    });
  });

  it.each([
    ['no strategy at all', { summary: 'x', data: { corrections: 'invented' } }, /form/u],
    ['half of one', { summary: 'x', data }, /needs data and training/u],
    ['one of another fix type', { summary: 'x', patch: { kind: 'prompt_patch', by: 'rule' } }, /needs data and training/u],
    ['one that is known', { summary: 'x', data: shippedStrategies[0]?.data, training: shippedStrategies[0]?.training }, /known already/u],
  ])('refuses %s', (_what, proposal, message) => {
    expect(accept(proposal)).toMatchObject({ refused: expect.stringMatching(message) });
  });

  it('refuses one that cannot apply', () => {
    expect(accept({ summary: 'x', data, training: { recipe: 'fast' } }, { supply: { ...supply, hasTeacher: false } })).toMatchObject({ refused: expect.stringMatching(/teacher/u) });
  });
});
