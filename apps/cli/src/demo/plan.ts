import { createHash } from 'node:crypto';
import type { Intent, IntentData } from './intent-data.js';

export interface TrainingRow {
  readonly input: string;
  readonly output: string;
  readonly category: string;
}

export type SuiteItem = TrainingRow & { readonly id: string };

export type Knowledge = 'known' | 'thin' | 'missing';

/** What the base model is taught, what users send, and what is kept for judging. */
export interface DemoPlan {
  readonly data: IntentData;
  /** By intent: whether the base model was taught it well, from a few examples, or not at all. */
  readonly knowledge: ReadonlyMap<string, Knowledge>;
  /** By intent that is not known at first: the week, from 1, in which users begin to ask it. */
  readonly arrives: ReadonlyMap<string, number>;
  readonly base: readonly TrainingRow[];
  readonly traffic: ReadonlyMap<string, readonly string[]>;
  readonly generalSuite: readonly SuiteItem[];
  readonly unseen: readonly (SuiteItem & { readonly intent: string })[];
}

export const planSizes = {
  /** Of a domain's intents: missing from the base model, asked from week 1, and from week 2. */
  missingShareAWeek: 1 / 8,
  thinShare: 1 / 8,
  thinExamples: 4,
  /** Of an intent's open texts, what the base model is trained on; the rest is what users send. */
  baseShare: 0.5,
  suiteItemsMax: 20,
  unseenItemsMax: 20,
} as const;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const assignKnowledge = (intents: readonly Intent[]): Pick<DemoPlan, 'knowledge' | 'arrives'> => {
  const knowledge = new Map<string, Knowledge>();
  const arrives = new Map<string, number>();
  for (const group of groupBy(intents, ({ domain }) => domain).values()) {
    const ordered = [...group].sort((a, b) => (hash(a.intent) < hash(b.intent) ? -1 : 1));
    const missing = Math.max(1, Math.round(ordered.length * planSizes.missingShareAWeek));
    const thin = Math.max(1, Math.round(ordered.length * planSizes.thinShare));
    ordered.forEach(({ intent }, place) => {
      if (place < 2 * missing) {
        knowledge.set(intent, 'missing');
        arrives.set(intent, place < missing ? 1 : 2);
      } else knowledge.set(intent, place < 2 * missing + thin ? 'thin' : 'known');
    });
  }
  return { knowledge, arrives };
};

const halves = (reserved: readonly string[]): { suite: string[]; unseen: string[] } => ({
  suite: reserved.filter((_, i) => i % 2 === 0).slice(0, planSizes.suiteItemsMax),
  unseen: reserved.filter((_, i) => i % 2 === 1).slice(0, planSizes.unseenItemsMax),
});

const itemId = (kind: string, intent: string, text: string): string => `${kind}-${hash(`${intent}\n${text}`).slice(0, 20)}`;

/** The same file always gives the same plan. */
export const planDemo = (data: IntentData): DemoPlan => {
  const { knowledge, arrives } = assignKnowledge(data.intents);
  const base: TrainingRow[] = [];
  const traffic = new Map<string, readonly string[]>();
  const generalSuite: SuiteItem[] = [];
  const unseen: (SuiteItem & { intent: string })[] = [];
  for (const entry of [...data.intents, data.outOfScope]) {
    const level = knowledge.get(entry.intent) ?? 'known';
    const taught = level === 'missing' ? 0 : level === 'thin' ? planSizes.thinExamples : Math.floor(entry.open.length * planSizes.baseShare);
    const row = (input: string): TrainingRow => ({ input, output: entry.answer, category: entry.domain });
    base.push(...entry.open.slice(0, taught).map(row));
    traffic.set(entry.intent, entry.open.slice(taught));
    const { suite, unseen: judged } = halves(entry.reserved);
    // What the product could never do is no regression suite's business: the missing intents are judged by the target gate.
    if (level !== 'missing') generalSuite.push(...suite.map((input) => ({ id: itemId('general', entry.intent, input), ...row(input) })));
    unseen.push(...judged.map((input) => ({ id: itemId('unseen', entry.intent, input), ...row(input), intent: entry.intent })));
  }
  return { data, knowledge, arrives, base, traffic, generalSuite, unseen };
};

/** Relative demand of each intent in a week: what has not arrived yet is not asked, what is new is asked more. */
export const demandIn = (plan: DemoPlan, week: number, newTopicDemand: number): Record<string, number> =>
  Object.fromEntries(
    plan.data.intents
      .filter(({ intent }) => (plan.traffic.get(intent)?.length ?? 0) > 0 && (plan.arrives.get(intent) ?? 0) <= week)
      .map(({ intent }) => [intent, plan.arrives.get(intent) === week ? newTopicDemand : 1]),
  );
