import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to. */
const workIn = (turns: Turns, log: string[]) => (lane: string, name: string): (() => Promise<void>) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  void turns.take(lane, async () => {
    log.push(name);
    await promise;
  });
  return async () => {
    resolve();
    await settle();
  };
};

describe('Turns', () => {
  it('do not let a slow lane hold back another', async () => {
    const log: string[] = [];
    const begin = workIn(new Turns(2), log);
    const [endSlow] = [begin('slow', 's1'), begin('slow', 's2'), begin('slow', 's3')];
    const endQuick = begin('quick', 'q1');
    begin('quick', 'q2');
    await settle();
    expect(log).toEqual(['s1', 'q1']);
    await endQuick();
    expect(log).toEqual(['s1', 'q1', 'q2']);
    await endSlow?.();
    expect(log).toEqual(['s1', 'q1', 'q2', 's2']);
  });

  it('are bounded over all lanes, and go to who came first', async () => {
    const log: string[] = [];
    const begin = workIn(new Turns(2), log);
    const ends = ['a', 'b', 'c', 'd'].map((lane) => begin(lane, lane));
    await settle();
    expect(log).toEqual(['a', 'b']);
    await ends[1]?.();
    expect(log).toEqual(['a', 'b', 'c']);
    await ends[0]?.();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('go on after work that throws', async () => {
    const turns = new Turns(1);
    await expect(turns.take('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.take('a', async () => 'yes')).toBe('yes');
  });
});
