import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readWidget, WIDGET_BYTES_MAX } from './widget.js';

interface Entry {
  readonly endpoint: string;
  readonly workload: string;
  readonly body: Readonly<Record<string, unknown>>;
}
interface Outbox {
  send(entry: Entry): Promise<string>;
  flush(): Promise<void>;
}
interface Pure {
  readonly texts: Readonly<Record<string, string>>;
  feedbackOf(form: { ratings: object; ticked: string[]; comment: string; correction: string }): unknown;
  readonly Outbox: new (options: { storage: object | undefined; post: (entry: Entry) => Promise<{ ok: boolean; status: number }>; now: () => number; later: (run: () => void, ms: number) => number }) => Outbox;
}

/** The script in a page that has nothing but what it is defined with. */
const load = (): { pure: Pure; defined: string[] } => {
  const defined: string[] = [];
  const customElements = { get: (name: string) => (defined.includes(name) ? {} : undefined), define: (name: string) => void defined.push(name) };
  const context = createContext({ HTMLElement: class {}, customElements, document: { currentScript: { src: 'https://gateway.example/v1/feedback-widget.js' } }, URL });
  const script = readWidget().script.toString();
  runInContext(script, context);
  runInContext(script, context);
  return { pure: context['RatchetFeedback'] as Pure, defined };
};
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the script', () => {
  it('is small, and defines its element once', () => {
    const { script, etag, integrity } = readWidget();
    expect(script.length).toBeLessThanOrEqual(WIDGET_BYTES_MAX);
    expect(gzipSync(script).length).toBeLessThanOrEqual(5 * 1024);
    expect(etag).toMatch(/^"[\w+/]{22}"$/u);
    expect(integrity).toMatch(/^sha384-/u);
    expect(load().defined).toEqual(['ratchet-feedback']);
  });

  it('makes no markup of strings, and runs none', () => {
    expect(readWidget().script.toString()).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\('style'|\.style\b/u);
  });
});

describe('feedbackOf', () => {
  const form = { ratings: {}, ticked: [], comment: '', correction: '' };
  it.each([
    ['nothing', {}, []],
    ['stars', { ratings: { accuracy: 2 } }, [{ name: 'rating', ratings: { accuracy: 2 } }]],
    ['stars with reasons and words', { ratings: { accuracy: 2 }, ticked: ['incorrect'], comment: ' bad ' }, [{ name: 'rating', ratings: { accuracy: 2 }, reasons: ['incorrect'], comment: 'bad' }]],
    ['reasons alone', { ticked: ['other'] }, [{ name: 'comment', reasons: ['other'] }]],
    ['a correction beside words', { comment: 'bad', correction: 'Canberra' }, [{ name: 'comment', comment: 'bad' }, { name: 'correction', correction: 'Canberra' }]],
    ['blanks', { comment: ' ', correction: '\n' }, []],
  ])('%s', (_what, filled, expected) => {
    expect(plain(load().pure.feedbackOf({ ...form, ...filled }))).toEqual(expected);
  });
});

describe('Outbox', () => {
  /** A server that answers with the given statuses, then with 202; 0 is no answer at all. */
  const open = ({ statuses = [], storage = memoryStorage(), nowMs = 0 }: { statuses?: number[]; storage?: object | undefined; nowMs?: number } = {}) => {
    const posted: unknown[] = [];
    const delays: number[] = [];
    const clock = { nowMs };
    let due = (): void => undefined;
    const post = async ({ body }: Entry): Promise<{ ok: boolean; status: number }> => {
      const status = statuses.shift() ?? 202;
      if (status === 0) throw new TypeError('Failed to fetch');
      posted.push([body['feedbackId'], status]);
      return { ok: status < 300, status };
    };
    const outbox = new (load().pure.Outbox)({ storage, post, now: () => clock.nowMs, later: (run, ms) => {
      due = run;
      return delays.push(ms);
    } });
    /** Lets the time pass that the outbox waits for, and all that it does then. */
    const wake = async (): Promise<void> => {
      due();
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    return { outbox, posted, delays, clock, storage, wake };
  };
  const memoryStorage = (): object => {
    const items = new Map<string, string>();
    return { getItem: (key: string) => items.get(key) ?? null, setItem: (key: string, value: string) => void items.set(key, value), removeItem: (key: string) => void items.delete(key) };
  };
  const entry = (feedbackId: string): Entry => ({ endpoint: '/v1/feedback', workload: '', body: { feedbackId, name: 'thumbs', value: true } });

  it('says what became of feedback', async () => {
    const { outbox, delays } = open({ statuses: [202, 400, 503, 429, 0] });
    const outcomes = [];
    for (const id of ['a', 'b', 'c', 'd', 'e']) outcomes.push(await outbox.send(entry(id)));
    expect(outcomes).toEqual(['sent', 'failed', 'waiting', 'waiting', 'waiting']);
    expect(delays).toEqual([2_000]);
  });

  it('sends what was kept, in order and once, also on another page', async () => {
    const first = open({ statuses: [0, 0] });
    await first.outbox.send(entry('a'));
    await first.outbox.send(entry('b'));
    const second = open({ storage: first.storage });
    await second.outbox.flush();
    await second.outbox.flush();
    expect(second.posted).toEqual([['a', 202], ['b', 202]]);
  });

  it('waits longer each time, keeps its order, and gives up what is refused or a week old', async () => {
    const { outbox, posted, delays, wake } = open({ statuses: [0, 0, 503, 0, 400] });
    await outbox.send(entry('a'));
    await outbox.send(entry('b'));
    await wake();
    expect(posted).toEqual([['a', 503]]);
    await wake();
    await wake();
    expect(posted).toEqual([['a', 503], ['a', 400], ['b', 202]]);
    expect(delays).toEqual([2_000, 4_000, 8_000]);
    const old = open({ statuses: [0] });
    await old.outbox.send(entry('c'));
    old.clock.nowMs = 8 * 24 * 3_600_000;
    await old.outbox.flush();
    expect(old.posted).toEqual([]);
  });

  it('does without storage', async () => {
    const { outbox, posted } = open({ statuses: [0], storage: undefined });
    expect(await outbox.send(entry('a'))).toBe('waiting');
    await outbox.flush();
    expect(posted).toEqual([['a', 202]]);
  });

  it('keeps the newest fifty', async () => {
    const { outbox, posted } = open({ statuses: Array(60).fill(0) as number[] });
    for (let i = 0; i < 60; i += 1) await outbox.send(entry(`f${i}`));
    await outbox.flush();
    expect(posted).toHaveLength(50);
    expect(posted[0]).toEqual(['f10', 202]);
  });
});
