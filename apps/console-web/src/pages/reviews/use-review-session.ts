import type { CommandOrder, ReviewDecisionKind, ShownReview } from '@ratchet/console-api';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useReducer, useRef } from 'react';
import { useCommand } from '../../api/command';
import { read } from '../../api/request';
import { emptySession, heldBy, type Session, sessionAfter, toClaim } from './review-session';

export type QueueFilters = Readonly<Record<'model' | 'workload' | 'opportunity' | 'source' | 'confidenceFrom' | 'confidenceTo', string | undefined>>;

const AHEAD = 50;
/** With fewer left to offer, the next page is asked for. */
const LEFT_MIN = 15;
/** Items whose fate is looked at again when something changed. */
const CHECKED_MAX = 100;
const CLAIM = { low: 4, batch: 10 };
/** A claim that was asked for is not asked for again so soon. */
const CLAIM_AGAIN_MS = 60_000;
/** Claims run out without an event that this page would hear at once. */
const LOOK_AGAIN_MS = 15_000;

interface Answer {
  readonly items: readonly ShownReview[];
  readonly next?: string | null;
}

/** Review commands are for one target each. */
const byTarget = (items: readonly ShownReview[]): ShownReview[][] => [...Map.groupBy(items, ({ model, workload }) => JSON.stringify([model, workload])).values()];

const orderFor = (name: 'review.approve' | 'review.reject' | 'review.claim' | 'review.release' | 'review.reopen', items: readonly ShownReview[], reason: string): CommandOrder => {
  const { model = '', workload = '' } = items[0] ?? {};
  return { name, model, workload, reason, exampleIds: items.map(({ exampleId }) => exampleId) };
};

/** Orders go out one after the other, so that a decision and its undoing arrive in order. */
const useOrders = () => {
  const { mutateAsync } = useCommand();
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const give = (order: CommandOrder): Promise<{ commandId: string }> => {
    const sent = last.current.then(() => mutateAsync(order));
    last.current = sent.catch(() => undefined);
    return sent;
  };
  // Nothing waits for an answer on a page that goes away.
  return { give, giveNow: mutateAsync };
};

/** Holds a few items ahead for the reviewer, and gives back what they skip, and what is left when the page is. */
const useClaims = (session: Session, { reviewer, isActive, orders }: { readonly reviewer: string; readonly isActive: boolean; readonly orders: ReturnType<typeof useOrders> }) => {
  const asked = useRef(new Map<string, number>());
  const latest = useRef({ session, ...orders });
  latest.current = { session, ...orders };
  const wanted = isActive ? toClaim(session, { reviewer, nowMs: Date.now(), ...CLAIM }) : [];
  const key = wanted.join(' ');
  useEffect(() => {
    const nowMs = Date.now();
    const fresh = key === '' ? [] : key.split(' ').filter((id) => nowMs - (asked.current.get(id) ?? 0) > CLAIM_AGAIN_MS);
    for (const id of fresh) asked.current.set(id, nowMs);
    const items = fresh.flatMap((id) => latest.current.session.items[id] ?? []);
    for (const group of byTarget(items)) latest.current.give(orderFor('review.claim', group, 'to review')).catch(() => undefined);
  }, [key]);
  useEffect(() => {
    const release = () => {
      const { session: left, giveNow } = latest.current;
      const held = heldBy(left, reviewer, new Set(asked.current.keys()));
      asked.current.clear();
      for (const group of byTarget(held)) giveNow(orderFor('review.release', group, 'the page was left')).catch(() => undefined);
    };
    window.addEventListener('pagehide', release);
    return () => {
      window.removeEventListener('pagehide', release);
      release();
    };
  }, [reviewer]);
  return (item: ShownReview): void => {
    const wasAsked = asked.current.delete(item.exampleId);
    if (wasAsked || item.claim?.reviewer === reviewer) orders.give(orderFor('review.release', [item], 'skipped')).catch(() => undefined);
  };
};

/** What is offered to the reviewer, and what became of what they ordered; both are asked for anew when a review changed. */
const useAnswers = (session: Session, filters: QueueFilters) => {
  const queue = useInfiniteQuery({
    queryKey: ['reviews', 'queue', filters],
    queryFn: ({ pageParam }) => read<Answer>('/api/reviews', { ...filters, state: 'waiting', holder: 'available', limit: AHEAD, after: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: LOOK_AGAIN_MS,
  });
  // Who skips goes on to what lies behind the first page.
  const wantsMore = session.queue.length < LEFT_MIN && queue.hasNextPage && !queue.isFetching;
  const { fetchNextPage } = queue;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);
  const at = session.cursor === undefined ? 0 : Math.max(0, session.queue.indexOf(session.cursor));
  const ids = [...new Set([...Object.keys(session.pending), ...session.queue.slice(at, at + AHEAD)])].slice(0, CHECKED_MAX);
  const known = useQuery({
    // Not part of the key: decisions come faster than answers, and each would begin anew.
    queryKey: ['reviews', 'known', filters],
    queryFn: async () => (ids.length === 0 ? { asked: ids, items: [] } : { asked: ids, ...(await read<Answer>('/api/reviews/by-id', { ids: ids.join(',') })) }),
    refetchInterval: Object.keys(session.pending).length > 0 ? 1_000 : LOOK_AGAIN_MS,
  });
  return { queue, known };
};

/** The reviewer's run through the queue: what is shown, and what they can do. */
export const useReviewSession = ({ reviewer, mayReview, filters }: { readonly reviewer: string; readonly mayReview: boolean; readonly filters: QueueFilters }) => {
  const [session, dispatch] = useReducer(sessionAfter, emptySession);
  const counter = useRef(0);
  const orders = useOrders();
  const { queue, known } = useAnswers(session, filters);
  useEffect(() => {
    if (queue.data) dispatch({ type: 'loaded', items: queue.data.pages.flatMap(({ items }) => items), reviewer, nowMs: Date.now() });
  }, [queue.data, reviewer]);
  useEffect(() => {
    if (known.data) dispatch({ type: 'checked', asked: known.data.asked, items: known.data.items, reviewer, nowMs: Date.now() });
  }, [known.data, reviewer]);
  const giveBack = useClaims(session, { reviewer, isActive: mayReview, orders });

  const follow = (order: number, command: CommandOrder): void => {
    orders.give(command).then(
      ({ commandId }) => dispatch({ type: 'accepted', order, commandId }),
      (error: Error) => dispatch({ type: 'failed', order, text: `Not done: ${error.message}` }),
    );
  };
  const decide = (kind: ReviewDecisionKind, exampleIds: readonly string[], { reason, output }: { readonly reason: string; readonly output?: string }): void => {
    for (const group of byTarget(exampleIds.flatMap((id) => session.items[id] ?? []))) {
      const order = (counter.current += 1);
      dispatch({ type: 'decided', order, kind, exampleIds: group.map(({ exampleId }) => exampleId) });
      const { exampleId = '', model = '', workload = '' } = group[0] ?? {};
      follow(order, kind === 'edit' ? { name: 'review.edit', model, workload, reason, exampleId, output: output ?? '' } : orderFor(`review.${kind}`, group, reason));
    }
  };
  const skip = (): void => {
    const item = session.cursor === undefined ? undefined : session.items[session.cursor];
    dispatch({ type: 'skipped' });
    if (item) giveBack(item);
  };
  const undo = (): void => {
    const step = session.steps.at(-1);
    if (!step) return;
    const order = (counter.current += 1);
    dispatch({ type: 'undone', order });
    if (step.kind === 'skip') return;
    const items = step.exampleIds.flatMap((id) => session.items[id] ?? []);
    if (items.length > 0) follow(order, orderFor('review.reopen', items, 'taken back'));
  };
  return useMemo(() => ({ session, dispatch, decide, skip, undo, answer: queue }), [session, queue.data, queue.error]);
};
export type ReviewRun = ReturnType<typeof useReviewSession>;
