import { describe, expect, it } from '@jest/globals';
import type { TopicPartition } from '../client/kafka-client.js';
import { assignSticky } from './assign-sticky.js';

const places = (topic: string, partitions: readonly number[]): TopicPartition[] => partitions.map((partition) => ({ topic, partition }));
const six = places('in', [0, 1, 2, 3, 4, 5]);
const sharesOf = (...args: Parameters<typeof assignSticky>): Record<string, Record<string, number[]>> => Object.fromEntries(assignSticky(...args).map(({ memberId, assignment }) => [memberId, assignment]));

describe('assignSticky', () => {
  it('leaves everything where it is when nothing has changed', () => {
    const claims = [{ memberId: 'b', owned: places('in', [0, 2, 4]) }, { memberId: 'a', owned: places('in', [1, 3, 5]) }];
    expect(sharesOf(six, claims)).toEqual({ a: { in: [1, 3, 5] }, b: { in: [0, 2, 4] } });
  });

  it('gives a newcomer its share, and moves nothing else', () => {
    const claims = [{ memberId: 'a', owned: places('in', [1, 3, 5]) }, { memberId: 'b', owned: places('in', [0, 2, 4]) }, { memberId: 'c', owned: [] }];
    expect(sharesOf(six, claims)).toEqual({ a: { in: [1, 3] }, b: { in: [0, 2] }, c: { in: [4, 5] } });
  });

  it('shares out what a member left behind', () => {
    const claims = [{ memberId: 'a', owned: places('in', [1, 3]) }, { memberId: 'c', owned: places('in', [4, 5]) }];
    expect(sharesOf(six, claims)).toEqual({ a: { in: [1, 3, 0] }, c: { in: [4, 5, 2] } });
  });

  it('gives a partition that two members claim to one of them, and one that nobody has heard of to nobody', () => {
    const claims = [{ memberId: 'a', owned: places('in', [0, 1, 9]) }, { memberId: 'b', owned: places('in', [0, 1, 2]) }];
    const shares = sharesOf(six, claims);
    expect(Object.values(shares).flatMap((share) => share['in'] ?? []).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(Object.values(shares).map((share) => share['in']?.length)).toEqual([3, 3]);
  });

  it('shares each topic out evenly, and what does not divide to those that have least', () => {
    const two = ['a', 'b'].map((memberId) => ({ memberId, owned: [] }));
    expect(sharesOf([...places('x', [0, 1, 2]), ...places('y', [0]), ...places('z', [0, 1])], two)).toEqual({ a: { x: [0, 1], z: [0] }, b: { x: [2], y: [0], z: [1] } });
    const four = ['a', 'b', 'c', 'd'].map((memberId) => ({ memberId, owned: [] }));
    expect(sharesOf([...places('x', [0, 1]), ...places('y', [0])], four)).toEqual({ a: { x: [0] }, b: { x: [1] }, c: { y: [0] }, d: {} });
    expect(assignSticky(six, [])).toEqual([]);
  });

  it('does not depend on the order in which members joined', () => {
    const claims = [{ memberId: 'a', owned: places('in', [5]) }, { memberId: 'b', owned: places('in', [0, 1, 2, 3, 4]) }, { memberId: 'c', owned: [] }];
    expect(assignSticky(six, [...claims].reverse())).toEqual(assignSticky(six, claims));
  });
});
