import { describe, expect, it } from '@jest/globals';
import { decideFading } from './fading.js';
import { traceIdentities, type FormerOpportunity, type FoundCluster, type Identity } from './identity.js';

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const former = (opportunityId: string, centroid: number[], members: string[], more: Partial<FormerOpportunity> = {}): FormerOpportunity => ({ opportunityId, centroid, embedding: 'e', memberIds: new Set(members), ...more });
const cluster = (clusterId: string, centroid: number[], memberIds: string[]): FoundCluster => ({ clusterId, centroid, memberIds });
const trace = (clusters: FoundCluster[], known: FormerOpportunity[]): Map<string, Identity> => traceIdentities({ clusters, former: known, embedding: 'e' });

describe('traceIdentities', () => {
  it('knows an opportunity by a near centroid although all its failures have left', () => {
    expect(trace([cluster('k', [1, 0.2], ids('n', 9))], [former('o', [1, 0], [], { size: 8 })]).get('k')).toMatchObject({ opportunityId: 'o', change: { kind: 'steady', from: ['o'], previousSize: 8 } });
  });

  it('knows it by its failures although the centroid moved', () => {
    expect(trace([cluster('k', [0, 1], ['1', '9'])], [former('o', [1, 0], ['1', '2', '3'])]).get('k')?.opportunityId).toBe('o');
  });

  it('does not take a near centroid for an opportunity whose failures are elsewhere', () => {
    const traced = trace([cluster('k', [1, 0], ids('n', 30)), cluster('home', [0.6, 0.8], ids('m', 20))], [former('o', [1, 0], ids('m', 20))]);
    expect(traced.get('home')?.opportunityId).toBe('o');
    expect(traced.get('k')).toEqual({ change: { kind: 'new', from: [], previousSize: 0 } });
  });

  it('calls a cluster that nobody has seen new', () => {
    expect(trace([cluster('k', [0.6, 0.8], ['1'])], [former('o', [1, 0], ['1', '2', '3', '4'])]).get('k')).toEqual({ change: { kind: 'new', from: [], previousSize: 0 } });
  });

  it.each([
    [100, 160, 'grown'],
    [100, 60, 'shrunk'],
    [100, 110, 'steady'],
    [6, 9, 'steady'],
    [6, 30, 'grown'],
  ] as const)('from %i failures to %i: %s', (before, now, kind) => {
    const traced = trace([cluster('k', [1, 0], ids('m', now))], [former('o', [1, 0], ids('m', Math.min(before, now)), { size: before })]);
    expect(traced.get('k')?.change).toEqual({ kind, from: ['o'], previousSize: before });
  });

  it('leaves the id of a split opportunity with its larger part, and says of the other where it came from', () => {
    const traced = trace([cluster('small', [1, 0], ids('a', 20)), cluster('large', [0.9, 0.4], ids('b', 30))], [former('o', [1, 0], [...ids('a', 20), ...ids('b', 30)])]);
    expect(traced.get('large')).toEqual({ opportunityId: 'o', change: { kind: 'split', from: ['o'], previousSize: 50 } });
    expect(traced.get('small')).toEqual({ change: { kind: 'split', from: ['o'], previousSize: 50 } });
  });

  it('gives merged opportunities the id of the larger one, and names all that it is made of', () => {
    const known = [former('less', [0, 1], ids('a', 20)), former('more', [1, 0], ids('b', 30)), former('other', [-1, 0], ids('c', 9))];
    const traced = trace([cluster('both', [0.7, 0.7], [...ids('a', 20), ...ids('b', 30)]), cluster('apart', [-1, 0], ids('c', 9))], known);
    expect(traced.get('both')).toEqual({ opportunityId: 'more', change: { kind: 'merged', from: ['more', 'less'], previousSize: 50 } });
    expect(traced.get('apart')).toMatchObject({ opportunityId: 'other', change: { kind: 'steady' } });
  });

  it('knows a closed opportunity that came back, yet prefers an open one', () => {
    const closed = former('old', [1, 0], [], { size: 12, isClosed: true });
    expect(trace([cluster('k', [1, 0.1], ids('n', 7))], [closed]).get('k')).toEqual({ opportunityId: 'old', change: { kind: 'came_back', from: ['old'], previousSize: 12 } });
    expect(trace([cluster('k', [1, 0.1], ids('m', 7))], [closed, former('open', [1, 0.2], ids('m', 7))]).get('k')?.opportunityId).toBe('open');
  });

  it('does not compare centroids of another embedding', () => {
    expect(trace([cluster('k', [1, 0], ['9'])], [former('o', [1, 0], ['1'], { embedding: 'another' })]).get('k')?.opportunityId).toBeUndefined();
    expect(trace([cluster('k', [1, 0], ['9'])], [former('o', [1, 0, 0], ['1'])]).get('k')?.opportunityId).toBeUndefined();
  });
});

/** Weeks of analyses: what each one says and closes, under ids as the service gives them. */
class Weaknesses {
  private known: (FormerOpportunity & { missedAnalyses: number })[] = [];
  private analyses = 0;
  readonly story: string[] = [];

  analyze(clusters: FoundCluster[]): void {
    this.analyses += 1;
    const traced = trace(clusters, this.known);
    const found = clusters.map(({ clusterId, centroid, memberIds }) => {
      const { opportunityId = `${clusterId}@${this.analyses}`, change } = traced.get(clusterId) ?? { change: { kind: 'new', from: [], previousSize: 0 } };
      this.story.push(`${this.analyses} ${opportunityId} ${change.kind}`);
      return { opportunityId, change, centroid, memberIds };
    });
    const { missed, closed } = decideFading({ former: this.known, found, fadeAfter: 2 });
    for (const { opportunityId, reason } of closed) this.story.push(`${this.analyses} ${opportunityId} closed as ${reason}`);
    const seen = new Map(found.map((one) => [one.opportunityId, one]));
    const gone = new Set(closed.map(({ opportunityId }) => opportunityId));
    // As in the database: a failure belongs to one opportunity, the one of the last analysis.
    this.known = this.known.filter(({ opportunityId }) => !seen.has(opportunityId)).map((one) => ({ ...one, memberIds: new Set<string>(), isClosed: one.isClosed === true || gone.has(one.opportunityId), missedAnalyses: one.missedAnalyses + Number(missed.includes(one.opportunityId)) }));
    for (const { opportunityId, centroid, memberIds } of found) this.known.push({ opportunityId, centroid: [...centroid], embedding: 'e', memberIds: new Set(memberIds), size: memberIds.length, missedAnalyses: 0 });
  }
}

describe('a weakness over the weeks', () => {
  it('has one history: found, grown, merged with another, parted from it, closed and come back', () => {
    const weeks = new Weaknesses();
    const [parcels, invoices] = [ids('p', 40), ids('i', 25)];
    weeks.analyze([cluster('p', [1, 0], parcels), cluster('i', [0, 1], invoices)]);
    weeks.analyze([cluster('x', [1, 0], [...parcels, ...ids('q', 40)]), cluster('y', [0, 1], invoices)]);
    weeks.analyze([cluster('z', [0.8, 0.6], [...parcels, ...ids('q', 40), ...invoices])]);
    weeks.analyze([cluster('a', [1, 0], [...parcels, ...ids('q', 40)]), cluster('b', [0, 1], [...invoices, ...ids('j', 20)])]);
    weeks.analyze([cluster('c', [0, 1], [...invoices, ...ids('j', 20)])]);
    weeks.analyze([cluster('c', [0, 1], [...invoices, ...ids('j', 20)])]);
    weeks.analyze([cluster('c', [0, 1], [...invoices, ...ids('j', 20)]), cluster('d', [1, 0.1], ids('r', 30))]);
    expect(weeks.story).toEqual([
      '1 p@1 new', '1 i@1 new',
      '2 p@1 grown', '2 i@1 steady',
      '3 p@1 merged', '3 i@1 closed as merged',
      '4 p@1 steady', '4 i@1 came_back',
      '5 i@1 steady',
      '6 i@1 steady', '6 p@1 closed as faded',
      '7 i@1 steady', '7 p@1 came_back',
    ]);
  });

  it.each([1, 2, 3, 4, 5])('gives no id twice and loses none that goes on, however clusters part and merge (%i)', (seed) => {
    let state = seed;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    let topics = Array.from({ length: 6 }, (_, i) => ({ members: ids(`t${i}-`, 20 + Math.floor(random() * 60)) }));
    let known: FormerOpportunity[] = [];
    for (let week = 0; week < 25; week += 1) {
      const clusters = topics.map(({ members }, i) => cluster(`w${week}c${i}`, [random(), random()], members));
      const traced = trace(clusters, known);
      const given = [...traced.values()].flatMap(({ opportunityId }) => opportunityId ?? []);
      expect(new Set(given).size).toBe(given.length);
      for (const { change: { kind, from } } of traced.values()) {
        const fits = { new: from.length === 0, merged: from.length > 1 };
        expect(kind in fits ? fits[kind as keyof typeof fits] : from.length === 1).toBe(true);
      }
      // Whoever has most failures of an opportunity, and no larger claim of another, has its id.
      for (const one of known) {
        const heir = clusters.find(({ memberIds }) => memberIds.filter((id) => one.memberIds.has(id)).length === one.memberIds.size && memberIds.length < 2 * one.memberIds.size);
        if (heir !== undefined) expect(traced.get(heir.clusterId)?.opportunityId).toBe(one.opportunityId);
      }
      known = clusters.map(({ clusterId, centroid, memberIds }) => former(traced.get(clusterId)?.opportunityId ?? `${clusterId}`, [...centroid], [...memberIds]));
      topics = random() < 0.5 && topics.length > 2 ? merge(topics) : part(topics, random());
    }
  });
});

type Topics = { members: string[] }[];
const merge = ([first, second, ...rest]: Topics): Topics => [...rest, { members: [...(first?.members ?? []), ...(second?.members ?? [])] }];
const part = ([first, ...rest]: Topics, at: number): Topics => {
  const members = first?.members ?? [];
  const cutAt = Math.floor(members.length * (0.3 + 0.4 * at));
  return [...rest, { members: members.slice(0, cutAt) }, { members: members.slice(cutAt) }];
};
