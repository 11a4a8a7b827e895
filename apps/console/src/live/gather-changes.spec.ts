import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Area } from '@ratchet/console-api';
import { Subject } from 'rxjs';
import { gatherChanges } from './gather-changes.js';

let changes: Subject<Area>;
let told: Area[][];

beforeEach(() => {
  jest.useFakeTimers();
  changes = new Subject();
  told = [];
  changes.pipe(gatherChanges(100)).subscribe((areas) => told.push(areas));
});
afterEach(() => void jest.useRealTimers());

it('tells of a change after a rest at once, and of those that follow together, each once', () => {
  changes.next('rollouts');
  expect(told).toEqual([['rollouts']]);
  for (const area of ['vitals', 'rollouts', 'vitals'] as const) changes.next(area);
  expect(told).toHaveLength(1);
  jest.advanceTimersByTime(100);
  expect(told.slice(1)).toEqual([['vitals', 'rollouts']]);
});

it('keeps its distance while changes go on, loses none, and says nothing of nothing', () => {
  for (let at = 0; at < 100; at += 1) {
    changes.next(at === 99 ? 'reviews' : 'vitals');
    jest.advanceTimersByTime(10);
  }
  jest.advanceTimersByTime(1_000);
  expect(told.length).toBeGreaterThan(5);
  expect(told.length).toBeLessThan(13);
  expect(told.at(-1)).toContain('reviews');
  const before = told.length;
  jest.advanceTimersByTime(1_000);
  expect(told).toHaveLength(before);
  changes.next('rollouts');
  expect(told.at(-1)).toEqual(['rollouts']);
});
