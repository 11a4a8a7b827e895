import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { erasureCompleted, reviewChanged, reviewerPairs } from '@ratchet/domain';
import type { ReviewItem } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { cohenKappa } from '@ratchet/stats';
import { readEvents } from '../stack/read-topics.js';

/** Items as their topic tells them: the last change of each counts. */
export class ReviewQueue {
  private readonly items = new Map<string, ReviewItem>();

  static async read(kafka: KafkaClient): Promise<ReviewQueue> {
    const queue = new ReviewQueue();
    await readEvents({ kafka, topics: [topics.datasets.name], onEvent: (event) => queue.take(event) });
    return queue;
  }

  take(event: EventEnvelope): void {
    if (isEvent(event, reviewChanged)) this.items.set(event.data.item.exampleId, event.data.item);
    else if (isEvent(event, erasureCompleted)) for (const exampleId of event.data.exampleIds) this.items.delete(exampleId);
  }

  /** In the order in which they came. */
  select({ state, model, workload }: { readonly state?: ReviewItem['state']; readonly model?: string | undefined; readonly workload?: string | undefined }): ReviewItem[] {
    return [...this.items.values()].filter((item) => (state === undefined || item.state === state) && (model === undefined || item.model === model) && (workload === undefined || item.workload === workload));
  }
}

/** Who has an item now; undefined where nobody does, or the claim has run out. */
export const holderOf = ({ claim }: ReviewItem, nowMs: number): string | undefined => (claim && Date.parse(claim.until) > nowMs ? claim.reviewer : undefined);

/** What a reviewer can take up: waiting, not in another's hands, not decided on by themselves. Those that are theirs already come first. */
export const claimable = (items: readonly ReviewItem[], { actor, nowMs }: { readonly actor: string; readonly nowMs: number }): ReviewItem[] => {
  const free = items.filter((item) => item.state === 'waiting' && [undefined, actor].includes(holderOf(item, nowMs)) && !item.decisions.some(({ reviewer }) => reviewer === actor));
  return [...free.filter((item) => holderOf(item, nowMs) === actor), ...free.filter((item) => holderOf(item, nowMs) === undefined)];
};

export interface ReviewStats {
  readonly items: Readonly<Record<ReviewItem['state'], number>>;
  /** Decisions of people, by source of the item: how many of the proposed answers stood as they were. */
  readonly bySource: readonly { readonly source: string; readonly decisions: number; readonly approved: number; readonly edited: number; readonly rejected: number }[];
  readonly byReviewer: readonly { readonly reviewer: string; readonly decisions: number }[];
  /** Of the first two reviewers of the same items; null where nothing can be said. */
  readonly agreement: { readonly n: number; readonly observed: number | null; readonly kappa: number | null; readonly lower: number | null; readonly upper: number | null };
}

export const statsOf = (items: readonly ReviewItem[]): ReviewStats => {
  const states = { waiting: 0, approved: 0, rejected: 0, withdrawn: 0 };
  for (const { state } of items) states[state] += 1;
  const decided = items.flatMap(({ source, decisions }) => decisions.map((decision) => ({ source, ...decision })));
  const bySource = [...Map.groupBy(decided, ({ source }) => source)].map(([source, given]) => {
    const count = (kind: string): number => given.filter(({ decision }) => decision === kind).length;
    return { source, decisions: given.length, approved: count('approve'), edited: count('edit'), rejected: count('reject') };
  });
  const byReviewer = [...Map.groupBy(decided, ({ reviewer }) => reviewer)].map(([reviewer, { length }]) => ({ reviewer, decisions: length }));
  const pairs = reviewerPairs(items);
  const n = pairs.bothYes + pairs.onlyFirst + pairs.onlySecond + pairs.bothNo;
  const kappa = cohenKappa(pairs);
  return {
    items: states,
    bySource: bySource.sort((a, b) => (a.source < b.source ? -1 : 1)),
    byReviewer: byReviewer.sort((a, b) => b.decisions - a.decisions || (a.reviewer < b.reviewer ? -1 : 1)),
    agreement: { n, observed: n === 0 ? null : (pairs.bothYes + pairs.bothNo) / n, kappa: kappa?.kappa ?? null, lower: kappa?.lower ?? null, upper: kappa?.upper ?? null },
  };
};
