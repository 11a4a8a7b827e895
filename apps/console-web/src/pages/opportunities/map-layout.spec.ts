import { describe, expect, it } from '@jest/globals';
import type { MappedCluster } from '@ratchet/console-api';
import { placeClusters, type PlacedCluster } from './map-layout';

const canvas = { width: 700, height: 420 };
const cluster = (i: number, size: number, x: number, y: number): MappedCluster => ({ opportunityId: `o${i}`, size, affectedUsers: 1, priority: 1, rootCause: 'knowledge_gap', commonPatterns: [`topic ${i}`, 'card'], position: { x, y } });
const many = Array.from({ length: 60 }, (_, i) => cluster(i, 100 - i, Math.cos(i * 2.4) * Math.sqrt(i), Math.sin(i * 2.4) * Math.sqrt(i)));
const apart = (a: PlacedCluster, b: PlacedCluster): number => Math.hypot(a.x - b.x, a.y - b.y);

describe('placeClusters', () => {
  it('gives each its share of the area', () => {
    const [large, half] = placeClusters([cluster(0, 400, 0, 0), cluster(1, 200, 1, 1)], canvas);
    expect((large?.area ?? 0) / (half?.area ?? 1)).toBeCloseTo(2);
  });

  it('keeps everything inside, and none on another', () => {
    const placed = placeClusters(many, canvas);
    placed.forEach((one, i) => {
      expect(one.x - one.reach).toBeGreaterThanOrEqual(0);
      expect(one.x + one.reach).toBeLessThanOrEqual(canvas.width);
      expect(one.y - one.reach).toBeGreaterThanOrEqual(0);
      expect(one.y + one.reach).toBeLessThanOrEqual(canvas.height);
      for (const other of placed.slice(i + 1)) expect(apart(one, other)).toBeGreaterThan(one.reach + other.reach);
    });
  });

  it('has one scale for both directions', () => {
    const [a, b, c] = placeClusters([cluster(0, 1, 0, 0), cluster(1, 1, 2, 0), cluster(2, 1, 0, 1)], canvas);
    expect(a && b && c && apart(a, b) / apart(a, c)).toBeCloseTo(2);
  });

  it('labels the largest, and no two of them in one place', () => {
    expect(placeClusters(many.slice(0, 12), canvas).map(({ label }) => [label.text, label.hasRoom]).slice(0, 3)).toEqual([['topic 0, card', true], ['topic 1, card', true], ['topic 2, card', true]]);
    const labels = placeClusters(many, canvas).flatMap(({ label }) => (label.hasRoom ? [label] : []));
    expect(labels.length).toBeGreaterThan(5);
    expect(labels.length).toBeLessThan(many.length);
    labels.forEach((one, i) => {
      for (const other of labels.slice(i + 1)) expect(Math.abs(one.y - other.y) >= 14 || Math.abs(one.x - other.x) >= 6.6 * Math.min(one.text.length, other.text.length)).toBe(true);
    });
  });

  it('cuts a long name', () => {
    const [placed] = placeClusters([{ ...cluster(0, 1, 0, 0), commonPatterns: ['a pattern without any end to it'] }], canvas);
    expect(placed?.label.text).toBe('a pattern without any e…');
  });

  it('puts one into the middle, parts those on one spot, and takes none', () => {
    expect(placeClusters([], canvas)).toEqual([]);
    expect(placeClusters([cluster(0, 1, 5, -3)], canvas)[0]).toMatchObject({ x: 350, y: 210 });
    const [a, b] = placeClusters([cluster(0, 1, 5, -3), cluster(1, 1, 5, -3)], canvas);
    expect(a && b && apart(a, b)).toBeGreaterThan((a?.reach ?? 0) + (b?.reach ?? 0));
    for (const { x, y } of placeClusters(many, { width: 0, height: 0 })) expect(Number.isFinite(x + y)).toBe(true);
  });
});
