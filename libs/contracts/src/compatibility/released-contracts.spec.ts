import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { topicCatalogue } from '../topics.js';
import { contractChanges, contractsOfCatalogue, contractsOfDocument, describeChange } from './released-contracts.js';
import type { AsyncApiDocument } from './released-contracts.js';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../../../docs/reference/released/${name}`, import.meta.url), 'utf8'));
const released = contractsOfDocument(read('asyncapi.json') as AsyncApiDocument);
const current = contractsOfCatalogue(topicCatalogue);

/** Changes that a reviewer found harmless, each with the reason; a release empties the list. */
const accepted = read('accepted-changes.json') as readonly { readonly change: string; readonly because: string }[];
const acceptable = (line: string): boolean => accepted.some(({ change }) => line.startsWith(`${change}: `));

describe('the events', () => {
  const lines = contractChanges(released, current).map(describeChange);

  it('are understood by services and products of the last release, and theirs by these', () => {
    expect(lines.filter((line) => !acceptable(line))).toEqual([]);
  });

  it('have no change on the list of accepted ones that is not there, and none without a reason', () => {
    for (const { change, because } of accepted) {
      expect(lines.filter((line) => line.startsWith(`${change}: `))).not.toEqual([]);
      expect(because.length).toBeGreaterThan(20);
    }
  });

  it('are all on record', () => {
    expect(released.flatMap(({ events }) => Object.keys(events)).length).toBeGreaterThan(30);
  });
});

describe('the comparison with the last release', () => {
  const topic = { name: 'ratchet.things.v1', key: 'thing', cleanup: 'delete', events: { 'ratchet.thing.made': { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } } };
  const changed = (fields: Partial<typeof topic>): string[] => contractChanges([topic], [{ ...topic, ...fields }]).map(describeChange);

  it('lets further topics and events pass', () => {
    expect(contractChanges([topic], [topic, { ...topic, name: 'ratchet.others.v1' }])).toEqual([]);
    expect(changed({ events: { ...topic.events, ...{ 'ratchet.thing.lost': { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } } } })).toEqual([]);
  });

  it('says what to do about what is not compatible', () => {
    expect(contractChanges([topic], []).map(describeChange)).toEqual(['ratchet.things.v1: removed: the topic is gone; put it back: what is no longer needed goes with the next version of its topic']);
    expect(changed({ key: 'user' })).toEqual([expect.stringContaining('ratchet.things.v1: narrowed: its key was thing and is user; accept what was accepted')]);
    expect(changed({ cleanup: 'compact' })).toEqual([expect.stringContaining('its cleanup policy was delete and is compact')]);
    expect(changed({ events: {} as typeof topic.events })).toEqual([expect.stringContaining('ratchet.thing.made: removed: it is no longer in ratchet.things.v1')]);
    expect(changed({ events: { 'ratchet.thing.made': { type: 'object', properties: { id: { type: 'string' }, at: { type: 'string' } } as never, required: ['id', 'at'] } } })).toEqual([
      'ratchet.thing.made: at: newly required: records that lack it are refused; make it optional, and say in its comment since when it is written',
    ]);
  });
});
