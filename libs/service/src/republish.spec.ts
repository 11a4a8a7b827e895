import { describe, expect, it } from '@jest/globals';
import { catalogueEntryOf } from '@ratchet/contracts';
import type { ServiceContract } from '@ratchet/contracts';
import { republishersOf } from './republish.js';

const definitionOf = (type: string) => {
  const entry = catalogueEntryOf(type);
  if (!entry) throw new Error(`there is no ${type}`);
  return entry.definition;
};
const contractOf = (service: string, ...types: string[]): ServiceContract => ({ service, consumes: [], produces: types.map(definitionOf) });

describe('what a service publishes again', () => {
  it('is of its own tables where it says how, else of the last day', () => {
    const own = { topic: 'ratchet.versions.v1', republish: async () => 1 };
    const found = republishersOf(contractOf('trainer-dispatcher', 'ratchet.version.published', 'ratchet.candidate.registered', 'ratchet.training.failed'), [own]);
    expect(found.map(({ topic, isOfLastDay }) => [topic, isOfLastDay])).toEqual([['ratchet.versions.v1', undefined], ['ratchet.candidates.v1', true]]);
    expect(found[0]).toBe(own);
  });

  it('is nothing of a topic that others write, too: an event of theirs hides the loss', () => {
    expect(republishersOf(contractOf('evaluator', 'ratchet.quality.evaluated', 'ratchet.alert.raised'), [])).toEqual([]);
  });

  it('takes the command line for nobody', () => {
    expect(republishersOf(contractOf('data-generator', 'ratchet.dataset.versioned'), []).map(({ topic }) => topic)).toEqual(['ratchet.datasets.v1']);
  });
});
