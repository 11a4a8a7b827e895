// Goal: outputs are those of an undisturbed run, whatever happens to the process. Method: workers of the built library, killed,
// stopped and continued while they produce; then the committed outputs are compared with what the input log alone gives.
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { eventually, kafkaBrokers } from '@ratchet/testing';
import { createKafka } from '../connection.js';
import { MovingSumRun } from '../spec-support/moving-sum-run.js';

const SOME_COMMITS = /(committed \d+[^]*?){3}/;
let run: MovingSumRun;

afterEach(() => run.end());

describe('ExactlyOnceProcessor', () => {
  it('puts out what an undisturbed run puts out, in its order, when its process is killed again and again', async () => {
    run = await MovingSumRun.create();
    run.startSending();
    const killedAfter: number[] = [];
    for (const waitMs of [40, 5, 90]) {
      const worker = run.startWorker({ pauseMs: 1 });
      // Past a few commits, and then at an arbitrary point of the next batch.
      await worker.said(SOME_COMMITS);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await worker.end('SIGKILL');
      killedAfter.push([...worker.output().matchAll(/committed (\d+)/g)].reduce((sum, found) => sum + Number(found[1]), 0));
    }
    const sent = await run.stopSending();
    const last = run.startWorker({ pauseMs: 0 });
    await run.untilOutputs(sent);
    await last.end('SIGTERM');
    const { workers } = await run.expectExactlyOnce();
    expect(new Set(workers).size).toBe(4);
    expect(killedAfter.every((records) => records > 0)).toBe(true);
    expect(last.output()).toMatch(/restored 0 by \d+[\s\S]*batch/);
  });

  it('lets a stopped process that comes back write nothing of the batch it held', async () => {
    run = await MovingSumRun.create();
    run.startSending();
    const zombie = run.startWorker({ pauseMs: 2 });
    await zombie.said(SOME_COMMITS);
    zombie.signal('SIGSTOP');
    const { texts: before } = await run.outputs();
    const heir = run.startWorker({ pauseMs: 0 });
    await heir.said(/committed/);
    await eventually(async () => expect((await run.outputs()).workers).toContain(String(heir.pid)));
    const taken = (await run.outputs()).texts.length;
    zombie.signal('SIGCONT');
    await zombie.said(/a transaction failed|missing between two batches|assigned \n/, 30_000);
    const sent = await run.stopSending();
    await run.untilOutputs(sent);
    const { texts, workers } = await run.expectExactlyOnce();
    expect(texts.slice(0, before.length)).toEqual(before);
    // All that the heir had taken over stays the heir's: the batch that the zombie held is not among the outputs twice, or late.
    expect(new Set(workers.slice(before.length, taken))).toEqual(new Set([String(heir.pid)]));
  });

  it('hands its partition over without a repeat when it is asked to stop', async () => {
    run = await MovingSumRun.create();
    run.startSending();
    const first = run.startWorker({ pauseMs: 0 });
    await first.said(SOME_COMMITS);
    await first.end('SIGTERM');
    expect(await first.ended()).toBe(0);
    const second = run.startWorker({ pauseMs: 0 });
    await second.said(SOME_COMMITS, 15_000);
    await run.untilOutputs(await run.stopSending());
    await run.expectExactlyOnce();
  });

  it('goes on where it was when somebody else wrote under its id for a moment', async () => {
    run = await MovingSumRun.create();
    run.startSending();
    const worker = run.startWorker({ pauseMs: 1 });
    await worker.said(SOME_COMMITS);
    const intruder = createKafka({ brokers: kafkaBrokers(), clientId: 'kafka-itest' }, Logger.silent()).transactionalProducer(`${run.groupId}-0`);
    await intruder.connect();
    await intruder.fence();
    await intruder.disconnect();
    await worker.said(/a transaction failed[\s\S]*partition assigned[\s\S]*(committed \d+[^]*?){3}/);
    await run.untilOutputs(await run.stopSending());
    await run.expectExactlyOnce();
  });

  it('leaves a partition where it is while instances come and go, and repeats nothing of those that move', async () => {
    run = await MovingSumRun.create({ partitions: 4, reach: 300 });
    run.startSending();
    const first = run.startWorker({ pauseMs: 1 });
    await first.said(/assigned 0 1 2 3\n/);
    await eventually(() => expect(first.output().split('committed').length).toBeGreaterThan(20), { withinMs: 30_000 });
    const second = run.startWorker({ pauseMs: 2 });
    // A third one comes while the second restores what it was given.
    await second.said(/assigned \d \d\n/);
    const third = run.startWorker({ pauseMs: 1 });
    await third.said(/assigned \d\n/);
    await third.said(/committed/);
    // Each of them has its part, however long it took to restore.
    await second.said(/committed/);
    await second.end('SIGKILL');
    await third.said(/assigned \d \d\n/);
    await first.end('SIGTERM');
    await third.said(/assigned 0 1 2 3\n/);
    await eventually(() => expect(third.output().split('committed').length).toBeGreaterThan(10), { withinMs: 30_000 });
    const sent = await run.stopSending();
    await run.untilOutputs(sent);
    const { workers } = await run.expectExactlyOnce();
    expect(new Set(workers).size).toBe(3);
    const [kept] = /assigned \d \d\n/.exec(first.output()) ?? [''];
    // Its own two were prepared once, at the very start, through two rebalances.
    for (const partition of kept.match(/\d/g) ?? []) expect(first.output().split(`"partition":${partition},"position"`)).toHaveLength(2);
  });
});
