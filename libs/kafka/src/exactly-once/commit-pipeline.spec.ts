import { describe, expect, it } from '@jest/globals';
import { CommitPipeline } from './commit-pipeline.js';

/** A commit that ends when the test says so. */
const commitOf = (log: string[], name: string): { run: () => Promise<void>; end: () => void; fail: () => void } => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return {
    run: async () => {
      log.push(`${name} begins`);
      await promise;
      log.push(`${name} ends`);
    },
    end: resolve,
    fail: () => reject(new Error(name)),
  };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('CommitPipeline', () => {
  it('lets whoever pushes go on while its own commit is under way, and holds it until the one before has ended', async () => {
    const log: string[] = [];
    const [one, two] = [commitOf(log, 'one'), commitOf(log, 'two')];
    const pipeline = new CommitPipeline(() => log.push('failed'));
    await pipeline.push(one.run);
    let free = false;
    void pipeline.push(two.run).then(() => (free = true));
    await settled();
    expect([log, free, pipeline.isIdle]).toEqual([['one begins'], false, false]);
    one.end();
    await settled();
    expect([log, free]).toEqual([['one begins', 'one ends', 'two begins'], true]);
    two.end();
    await pipeline.drained();
    expect([log, pipeline.isIdle]).toEqual([['one begins', 'one ends', 'two begins', 'two ends'], true]);
  });

  it('tries nothing that is built on a commit that failed, and tells of it once', async () => {
    const log: string[] = [];
    const [one, two] = [commitOf(log, 'one'), commitOf(log, 'two')];
    const failures: unknown[] = [];
    const pipeline = new CommitPipeline((error) => failures.push(error));
    void pipeline.push(one.run);
    void pipeline.push(two.run);
    one.fail();
    await pipeline.drained();
    await pipeline.push(two.run);
    await pipeline.drained();
    expect(log).toEqual(['one begins']);
    expect(failures).toEqual([new Error('one')]);
    expect(pipeline.isIdle).toBe(true);
  });
});
