import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { printLineage, versionJson } from './print-version.js';
import { history, judged, published, registered, routing, target } from './sample-versions.js';
import { stateOfVersion, VersionLog } from './version-log.js';

const logOf = (events: readonly EventEnvelope[]): VersionLog => {
  const log = new VersionLog();
  for (const event of events) log.take(event);
  return log;
};

describe('the registry', () => {
  it('knows a version by its cycle, data, parameters, metrics, cost, gates and aliases, in whatever order topics are read', () => {
    for (const events of [history(), history().reverse()]) {
      expect(versionJson(logOf(events).require('v2'))).toMatchObject({
        ...target, state: 'champion', aliases: ['champion'], parentVersion: 'v1', madeBy: 'trained by command', cycleId: 'c1', trigger: 'data_threshold', triggerFacts: { newExamples: 1_200 }, datasetIds: ['d1'],
        opportunityIds: ['o1'], trainingConfig: { recipe: 'gentle', seed: 7 }, dataHash: 'abc', metrics: { loss: 0.5 }, costUsd: 0.25, verdict: 'passed', gates: [{ name: 'safety_pass' }],
      });
    }
  });

  it.each([
    ['adopted', [published('v9', 9)]],
    ['candidate', [published('v9', 9, { parentVersion: 'v1' }), routing(2, 'v1', 'v9')]],
    ['rejected', [published('v9', 9), registered('c9', 'v9'), judged('c9', 'v9', 'failed')]],
    ['insufficient', [published('v9', 9), registered('c9', 'v9'), judged('c9', 'v9', 'insufficient')]],
    ['registered', [published('v9', 9, { parentVersion: 'v1' })]],
  ] as const)('says that a version is %s', (state, events) => {
    expect(stateOfVersion(logOf(events).require('v9'))).toBe(state);
  });

  it('heeds the newest routing', () => {
    const log = logOf([...history(), routing(3, 'v3'), routing(2, 'v2', 'v3')]);
    expect(log.require('v3').aliases).toEqual(['champion']);
    expect(log.require('v2').aliases).toEqual([]);
  });

  it('follows a version to the first, and to what was made of it', () => {
    const log = logOf(history());
    expect(log.lineage(log.require('v3')).map(({ published: { versionId } }) => versionId)).toEqual(['v1', 'v2', 'v3']);
    expect(log.childrenOf(log.require('v1')).map(({ published: { versionId } }) => versionId)).toEqual(['v2']);
    expect(printLineage(log.lineage(log.require('v2')), log.childrenOf(log.require('v2'))).split('\n')).toEqual(['v1 (adopted): adopted by a person', expect.stringMatching(/^ {2}v2 \(champion\): trained by command, cycle c1/u), expect.stringMatching(/^ {4}v3/u)]);
  });

  it('does not run in circles, and asks which of two targets is meant', () => {
    const log = logOf([published('a', 1, { parentVersion: 'b' }), published('b', 2, { parentVersion: 'a' }), published('a', 1, { model: 'other' })]);
    expect(log.lineage(log.require('b'))).toHaveLength(2);
    expect(() => log.require('a')).toThrow('say which with --model');
    expect(log.require('a', { model: 'other' }).published.model).toBe('other');
    expect(() => log.require('none')).toThrow('there is no version none');
  });
});
