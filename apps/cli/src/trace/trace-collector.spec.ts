import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateRegistered, datasetVersioned, examplesAdded, interactionFailed, opportunityRanked, trainingStarted, versionPromoted } from '@ratchet/domain';
import type { Example } from '@ratchet/domain';
import { conclusionOf, describeEvent } from './describe-event.js';
import { TraceCollector } from './trace-collector.js';

const target = { model: 'assistant', workload: 'default' };
const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const event = (minute: number, definition: { type: string }, data: object, more: Partial<EventEnvelope> = {}): EventEnvelope => ({ id: `event-${minute}`, source: '/test', type: definition.type, time: at(minute), data: { ...target, ...data }, ...more });

const failed = (minute: number, interactionId: string): EventEnvelope =>
  event(minute, interactionFailed, { interactionId, conversationId: `c-${interactionId}`, version: 'v1', query: 'q', response: 'r', probability: 0.9, severity: 0.5, signals: [], startedAt: at(0), closedAt: at(0) });
const ranked = (minute: number, opportunityId: string, interactionIds: string[]): EventEnvelope =>
  event(minute, opportunityRanked, { opportunityId, interactionIds, representatives: [], size: 2, affectedUsers: 2, rank: 1, rootCause: 'knowledge_gap', fixType: 'training_examples' });
const example = (exampleId: string, interactionId: string): Example => ({ exampleId, input: 'q', output: 'a', source: 'user_correction', split: 'train', confidence: 1, lineage: { interactionIds: [interactionId], opportunityId: 'o1' } });
const cycle = (minute: number, id: string, { datasetIds, opportunityIds, version }: { datasetIds: string[]; opportunityIds: string[]; version: string }): EventEnvelope[] => [
  event(minute, trainingStarted, { cycleId: id, datasetIds, opportunityIds, exampleCount: 1, trigger: 'scheduled', triggerReason: 'weekly', baseVersion: 'v1' }),
  event(minute + 1, candidateRegistered, { cycleId: id, version, trainingSeconds: 1 }),
  event(minute + 2, versionPromoted, { cycleId: id, version, previousVersion: 'v1', actor: 'automation', reason: 'better', promotedAt: at(minute + 2) }),
];

const log: EventEnvelope[] = [
  failed(1, 'i1'),
  failed(2, 'i2'),
  ranked(3, 'o1', ['i1']),
  ranked(4, 'o2', ['i2']),
  ranked(5, 'o1', ['i1']),
  ranked(6, 'o1', ['i1']),
  event(7, examplesAdded, { datasetId: 'd1', examples: [example('e1', 'i1'), example('e9', 'i9')], addedAt: at(7) }),
  event(8, datasetVersioned, { datasetId: 'd1', purpose: 'training', trainCount: 2, testCount: 0, opportunityIds: ['o1'] }),
  ...cycle(10, 'cycle1', { datasetIds: ['d1'], opportunityIds: ['o1'], version: 'v2' }),
  event(20, datasetVersioned, { datasetId: 'd2', purpose: 'training', trainCount: 1, testCount: 0, opportunityIds: ['o2'] }),
  ...cycle(21, 'cycle2', { datasetIds: ['d2'], opportunityIds: ['o2'], version: 'v3' }),
];
const minutes = (id: string, events = log): number[] => {
  const collector = new TraceCollector(id);
  for (const item of events) collector.take(item);
  return collector.events().map(({ time }) => new Date(time).getUTCMinutes());
};

describe('a trace', () => {
  it('leads from an interaction to the promotion that fixed it, past what belongs to others', () => {
    expect(minutes('i1')).toEqual([1, 3, 6, 7, 8, 10, 11, 12]);
    expect(minutes('i2')).toEqual([2, 4, 20, 21, 22, 23]);
  });

  it('knows which interactions a signal or the trace of a request is about, so that these can be followed', () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traced = { ...failed(1, 'i1'), traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const collectorOf = (...ids: string[]): TraceCollector => {
      const collector = new TraceCollector(...ids);
      for (const item of [traced, ...log.slice(1)]) collector.take(item);
      return collector;
    };
    expect(collectorOf('event-1').interactions).toEqual(['i1']);
    expect(collectorOf(traceId).interactions).toEqual(['i1']);
    expect(collectorOf('0'.repeat(32)).interactions).toEqual([]);
    expect(collectorOf('i1').interactions).toEqual([]);
    expect(collectorOf('cycle1').interactions).toEqual([]);
    expect(collectorOf('i1', 'i2').events().map(({ time }) => new Date(time).getUTCMinutes())).toEqual([1, 2, 3, 4, 6, 7, 8, 10, 11, 12, 20, 21, 22, 23]);
  });

  it('does not depend on the order in which topics are read', () => {
    expect(minutes('i1', log.toReversed())).toEqual([1, 3, 6, 7, 8, 10, 11, 12]);
  });

  it.each([['cycle1'], ['v2']])('leads from %s back to what it was trained on', (id) => {
    expect(minutes(id)).toEqual([3, 6, 8, 10, 11, 12]);
  });

  it('leads on from an opportunity and from an example', () => {
    expect(minutes('o2')).toEqual([4, 20, 21, 22, 23]);
    expect(minutes('e1')).toEqual([7, 8, 10, 11, 12]);
  });

  it('leaves out what the promotion did for others', () => {
    const closed = (minute: number, opportunityId: string): EventEnvelope => event(minute, { type: 'ratchet.opportunity.closed' }, { opportunityId, reason: 'fixed' }, { causationid: 'event-12', correlationid: 'cycle1' });
    const events = [...log, closed(13, 'o1'), closed(14, 'o7')];
    expect(minutes('i1', events)).toEqual([1, 3, 6, 7, 8, 10, 11, 12, 13]);
  });

  it('takes along what an event caused', () => {
    const fix = event(9, { type: 'ratchet.opportunity.closed' }, { opportunityId: 'o7', reason: 'merged' }, { causationid: 'event-3' });
    expect(minutes('o1', [...log, fix])).toContain(9);
  });

  it('is empty for an id that nobody named', () => {
    expect(minutes('nobody')).toEqual([]);
  });

  it('shows of a part of a dataset only the rows that it is about', () => {
    const collector = new TraceCollector('i1');
    for (const item of log) collector.take(item);
    const text = collector.events().map(describeEvent).join('\n');
    expect(text).toContain('example e1');
    expect(text).not.toContain('e9');
    expect(conclusionOf(collector.events())).toBe(`fixed by v2, promoted ${at(12)}`);
  });

  it('says how far it got where nothing was promoted', () => {
    expect(conclusionOf([failed(1, 'i1')])).toMatch(/^no promotion yet; .*interaction i1 failed/);
  });
});
