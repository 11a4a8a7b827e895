// Goal: the catalogue names no service that does not use a topic, for each name makes a topic of dead letters. Method: contracts that say less.
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deadLetterTopicOf, topics } from '@ratchet/contracts';

const tool = join(fileURLToPath(new URL('../../../', import.meta.url)), 'tools/reference/async-api.mjs');
interface Channel {
  readonly 'x-dead-letter-topics': readonly string[];
}
const { asyncApiOf } = (await import(tool)) as { asyncApiOf: (from: object) => { channels: Record<string, Channel> } };

const verdicts = topics.verdicts.events.map(({ definition }) => definition);
const reader = { service: 'console', consumes: verdicts, produces: [] };
const writer = { service: 'evaluator', consumes: [], produces: verdicts };
const referenceOf = (contracts: readonly object[]) => asyncApiOf({ version: '1', topics: { verdicts: topics.verdicts }, contracts, deadLetterTopicOf });

describe('the reference of topics', () => {
  it('names topics of dead letters for those who read', () => {
    expect(referenceOf([reader, writer]).channels['verdicts']?.['x-dead-letter-topics']).toEqual(['ratchet.verdicts.v1.console.dlq']);
  });

  it.each([
    ['consumer', [{ ...reader, consumes: [] }, writer], 'names console as a consumer, which reads nothing of it'],
    ['producer', [reader, { ...writer, produces: [] }], 'names evaluator as a producer, which writes nothing to it'],
  ])('is not made of a catalogue that names a %s in vain', (_, contracts, problem) => {
    expect(() => referenceOf(contracts)).toThrow(problem);
  });
});
