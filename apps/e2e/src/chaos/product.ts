import { setTimeout as wait } from 'node:timers/promises';
import type { EventEnvelope } from '@ratchet/contracts';
import { conversationEnded, feedbackGiven, handoffRequested, interactionCompleted } from '@ratchet/domain';
import type { Assignment, EventData, EventDefinition, Interaction } from '@ratchet/domain';
import type { SeededRandom } from '@ratchet/testing';
import type { Door } from './doors.js';

/** Conversations of this workload end by an event, within the idle time: no clock has a part in what is said of them. */
export const ENDED = 'ended';
/** Conversations of this workload are left to the idle timer, and so to the clock. */
export const IDLE = 'idle';

const ENDS_AT_ONCE = 200;

/** The version that answers, and the rollout that chose it. */
export interface Served {
  readonly version: string;
  readonly assignment?: Assignment;
}

export interface ProductOptions {
  readonly run: string;
  readonly random: SeededRandom;
  readonly doors: readonly Door[];
  readonly conversationsAtOnce: number;
  /** Who serves a conversation of the kind that an event ends; chosen once for each. */
  readonly served: (random: SeededRandom) => Served;
  readonly pauseMs: { readonly least: number; readonly most: number };
}

/** What users ask, in several words, with the right answer: new things come up as time goes on, so that there is always something to learn. */
const KINDS = [
  { asks: ['How do I return a damaged %?', 'how can I return the % that is damaged', 'No, that is wrong. I want to return a damaged %'], answer: 'Please send it back within thirty days.' },
  { asks: ['Where is the % that I ordered?', 'where is my %', 'that is not what I asked, where is my %'], answer: 'Your parcel is on its way.' },
  { asks: ['Can I pay for the % by invoice?', 'can I pay for my % with an invoice instead'], answer: 'You can choose how to pay at the end.' },
  { asks: ['let me talk to a human about the %'], answer: 'I am putting you through to a colleague.' },
] as const;
const THINGS = ['lamp', 'chair', 'kettle', 'rug', 'mirror', 'clock', 'shelf', 'vase', 'stool', 'curtain', 'blanket', 'basket', 'candle', 'teapot', 'drawer', 'bench'] as const;
const COLOURS = ['red', 'blue', 'green', 'white', 'black', 'grey', 'brown', 'yellow', 'purple', 'silver', 'golden', 'striped'] as const;
const CONVERSATIONS_A_THING = 6;

const thingOf = (conversation: number): string => {
  const turn = Math.floor(conversation / CONVERSATIONS_A_THING);
  return `${COLOURS[Math.floor(turn / THINGS.length) % COLOURS.length]} ${THINGS[turn % THINGS.length]}`;
};

/** What the first version is taught. */
export const firstLessons: readonly { readonly input: string; readonly output: string }[] = KINDS.flatMap(({ asks, answer }) => asks.flatMap((ask) => ['table', 'sofa', 'bed'].map((thing) => ({ input: ask.replace('%', thing), output: answer }))));

/** Users of a product, at their own pace, whatever happens behind the doors. Every event is sent twice at least, under one id. */
export class Product {
  /** Ids of the events that a door took. */
  readonly sent = new Set<string>();
  records = 0;
  conversations = 0;
  private readonly began: { readonly conversationId: string; readonly door: Door }[] = [];
  private stopped = false;
  private users: Promise<void>[] = [];

  constructor(private readonly options: ProductOptions) {}

  start(): void {
    const { conversationsAtOnce, random } = this.options;
    this.users = Array.from({ length: conversationsAtOnce }, () => this.live(random.fork()));
  }

  /** Lets the conversations under way end; then ends all once more, since a repeat on its way may have opened one again. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.users);
    for (const [door, ids] of Map.groupBy(this.began, ({ door }) => door)) {
      for (let from = 0; from < ids.length; from += ENDS_AT_ONCE) await this.send(door, ids.slice(from, from + ENDS_AT_ONCE).map(({ conversationId }) => this.endOf(conversationId)));
    }
  }

  private async live(random: SeededRandom): Promise<void> {
    while (!this.stopped) {
      await this.converse(random);
      await this.pause(random);
    }
  }

  private async converse(random: SeededRandom): Promise<void> {
    const { run, doors } = this.options;
    const number = (this.conversations += 1);
    const conversationId = `${run}-${number}`;
    const door = random.pick(doors);
    const workload = random.next() < 0.7 ? ENDED : IDLE;
    const turns = random.between(1, 4);
    const served: Served = workload === ENDED ? this.options.served(random) : { version: `v${random.between(1, 3)}` };
    const thing = thingOf(number);
    const late: EventEnvelope[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const events = [...this.turnOf(random, { conversationId, workload, turn, served, thing }), ...(!door.checks && random.next() < 0.02 ? [brokenOf(conversationId, turn)] : [])];
      // One repeat right behind its original, the other after all that follows in this conversation so far.
      const isSoon = random.next() < 0.5;
      await this.send(door, isSoon ? events.flatMap((event) => [event, event]) : events);
      if (!isSoon) late.push(...events);
      await this.pause(random);
    }
    await this.send(door, late);
    if (workload === IDLE) return;
    const end = this.endOf(conversationId);
    await this.send(door, [end, end]);
    this.began.push({ conversationId, door });
  }

  private turnOf(random: SeededRandom, { conversationId, workload, turn, served, thing }: { conversationId: string; workload: string; turn: number; served: Served; thing: string }): EventEnvelope[] {
    const interactionId = `${conversationId}-${turn}`;
    const now = new Date().toISOString();
    const failed = random.next() < 0.05;
    const kind = random.pick(KINDS);
    const interaction: Interaction = {
      interactionId, conversationId, model: this.options.run, workload, ...served, input: [{ role: 'user', content: random.pick(kind.asks).replace('%', thing) }],
      output: failed ? null : { content: random.pick(KINDS).answer }, ...(failed && { error: { type: 'timeout', message: 'no answer in time' } }), startedAt: now, latencyMs: random.between(5, 900),
      usage: { inputTokens: random.between(1, 50), outputTokens: random.between(1, 50) }, userId: `user-${random.between(1, 50)}`,
    };
    const about = { conversationId, interactionId };
    const choice = random.next();
    const given = { ...about, feedbackId: `${interactionId}-f`, source: { type: 'user' as const, id: interaction.userId ?? '' }, givenAt: now };
    return [
      eventOf(interactionCompleted, interactionId, interaction),
      ...(choice < 0.15 ? [eventOf(feedbackGiven, given.feedbackId, { ...given, name: 'thumbs', value: random.next() < 0.3 })] : []),
      ...(choice > 0.15 && choice < 0.4 ? [eventOf(feedbackGiven, given.feedbackId, { ...given, name: 'correction', correction: kind.answer })] : []),
      ...(choice > 0.95 ? [eventOf(handoffRequested, `${interactionId}-h`, { ...about, requestedAt: now })] : []),
    ];
  }

  private endOf(conversationId: string): EventEnvelope {
    return eventOf(conversationEnded, `${conversationId}-end`, { conversationId, endedAt: new Date().toISOString() });
  }

  private async send(door: Door, events: readonly EventEnvelope[]): Promise<void> {
    if (events.length === 0) return;
    await door.send(events);
    this.records += events.length;
    for (const { id } of events) this.sent.add(id);
  }

  private async pause(random: SeededRandom): Promise<void> {
    const { least, most } = this.options.pauseMs;
    await wait(random.between(least, most));
  }
}

/** Without the fields that its schema asks for. */
const brokenOf = (conversationId: string, turn: number): EventEnvelope => ({ id: `${conversationId}-${turn}-broken`, source: '/chaos', type: interactionCompleted.type, time: new Date().toISOString(), data: { conversationId } });

const eventOf = <D extends EventDefinition>(definition: D, id: string, data: EventData<D>): EventEnvelope => ({ id, source: '/chaos', type: definition.type, time: new Date().toISOString(), data });
