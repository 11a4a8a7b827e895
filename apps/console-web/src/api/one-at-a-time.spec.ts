import { expect, it } from '@jest/globals';
import { oneAtATime } from './one-at-a-time';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('begins at once, and once more for all who asked meanwhile, whether the work succeeded or not', async () => {
  const ends: ((isFine: boolean) => void)[] = [];
  const ask = oneAtATime(() => new Promise<void>((resolve, reject) => ends.push((isFine) => (isFine ? resolve() : reject(new Error('away'))))));
  ask();
  expect(ends).toHaveLength(1);
  ask();
  ask();
  expect(ends).toHaveLength(1);
  ends[0]?.(false);
  await settled();
  expect(ends).toHaveLength(2);
  ends[1]?.(true);
  await settled();
  expect(ends).toHaveLength(2);
  ask();
  expect(ends).toHaveLength(3);
});
