import { describe, expect, it } from '@jest/globals';
import { Bm25 } from './bm25.js';
import { KnowledgeIndex } from './knowledge-index.js';

describe('Bm25', () => {
  it('gives the value of the formula, as a share of the most that the query could reach', () => {
    const [first, second] = new Bm25(['refund refund parcel', 'parcel']).scores('refund');
    // N = 2, n = 1: idf = ln(1 + 1.5/1.5) = ln 2 cancels; length 3 of mean 2; 2·2.2/(2 + 1.2·(0.25 + 0.75·1.5)) / 2.2
    expect(first).toBeCloseTo(2 / (2 + 1.2 * (0.25 + 0.75 * 1.5)), 12);
    expect(second).toBe(0);
  });

  it('counts rare words more, and finds nothing for words that nobody uses', () => {
    const [common, rare] = new Bm25(['parcel a', 'boiler b', 'parcel c', 'parcel d']).scores('parcel boiler');
    expect(rare).toBeGreaterThan(common ?? 1);
    expect([...new Bm25(['parcel']).scores('unheard')]).toEqual([0]);
    expect([...new Bm25([]).scores('parcel')]).toEqual([]);
  });
});

describe('KnowledgeIndex', () => {
  const entries = [
    { entryId: 'returns', title: 'Returning a parcel', text: 'Parcels can be returned within 30 days with the label in the box.' },
    { entryId: 'boiler', title: 'Boiler shows E12', text: 'E12 means low water pressure. Open the filling valve until the gauge shows 1.5 bar.' },
    { entryId: 'invoice', title: 'Invoices', text: 'Invoices are sent by mail on the first day of each month.' },
  ];
  const index = new KnowledgeIndex(entries);

  it('finds the entry that answers the question first', () => {
    expect(index.search({ query: 'my boiler says e12, what now?', topK: 1, minScore: 0.1 })).toMatchObject([{ entryId: 'boiler' }]);
    expect(index.search({ query: 'how can I return parcels', topK: 3, minScore: 0.1 })[0]?.entryId).toBe('returns');
  });

  it('keeps to the number and the minimum score', () => {
    const all = index.search({ query: 'invoices and boiler and parcels by mail', topK: 9, minScore: 0 });
    expect(all.length).toBeGreaterThan(1);
    expect(all.map(({ score }) => score)).toEqual(all.map(({ score }) => score).sort((a, b) => b - a));
    expect(all.every(({ score }) => score > 0 && score <= 1)).toBe(true);
    expect(index.search({ query: 'invoices and boiler and parcels by mail', topK: 1, minScore: 0 })).toEqual(all.slice(0, 1));
    expect(index.search({ query: 'zzz qqq', topK: 3, minScore: 0.15 })).toEqual([]);
  });
});
