import { describe, expect, it } from '@jest/globals';
import { signalDetected, trainingFailed, vitalsCounted } from '@ratchet/domain';
import { defineService, topicsConsumedBy } from './service-contract.js';
import { catalogueEntryOf, deadLetterTopicOf, topicCatalogue, topicOf } from './topics.js';

describe('the topic catalogue', () => {
  it('has one topic for each event type', () => {
    const types = topicCatalogue.flatMap(({ events }) => events.map(({ definition }) => definition.type));
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(catalogueEntryOf(type)?.topic.events.map(({ definition }) => definition.type)).toContain(type);
  });

  it('gives names that metrics can carry, with their version at the end', () => {
    for (const { name } of topicCatalogue) expect(name).toMatch(/^ratchet\.[a-z-]+\.v\d+$/);
    expect(deadLetterTopicOf('ratchet.signals.v1', 'analyzer')).toBe('ratchet.signals.v1.analyzer.dlq');
  });

  it('keeps what is compacted for ever, and has a producer and a consumer for everything', () => {
    for (const { cleanup, retentionMs, producers, consumers } of topicCatalogue) {
      if (cleanup === 'compact') expect(retentionMs).toBe(-1);
      expect(producers).not.toEqual([]);
      expect(consumers).not.toEqual([]);
    }
  });
});

describe('a service\'s contract', () => {
  it('names the topics that it reads, once each', () => {
    const contract = defineService({ service: 'console', consumes: [signalDetected, vitalsCounted, signalDetected], produces: [] });
    expect(topicsConsumedBy(contract)).toEqual([topicOf(signalDetected).name, topicOf(vitalsCounted).name]);
  });

  it('is refused where the catalogue does not know of it', () => {
    expect(() => defineService({ service: 'gateway', consumes: [trainingFailed], produces: [] })).toThrow('ratchet.candidates.v1 does not list gateway as a consumer');
    expect(() => defineService({ service: 'gateway', consumes: [], produces: [trainingFailed] })).toThrow('ratchet.candidates.v1 does not list gateway as a producer');
  });
});
