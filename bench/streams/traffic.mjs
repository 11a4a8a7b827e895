// Records of `ratchet.interactions.v1` as a product sends them: conversations of 1 to 12 turns, many at a time, about 10 % of the
// interactions failing by behaviour (asked again in other words, corrected, an error, left in a hurry). The same seed gives the same records.
import { askForPerson, closing, comment, newRequest, noAnswer } from './texts.mjs';

const TURNS_MAX = 12;
const SOURCE = '/shop-assistant';

/** A small, fast generator of uniform numbers in [0, 1) (mulberry32). */
export const randomFrom = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const exponential = (random, mean) => -mean * Math.log(1 - random());

/** Events by due time, in slots of a second of event time. */
class Calendar {
  #slots = new Map();
  #slotMs;
  #now;

  constructor(startMs, slotMs) {
    this.#slotMs = slotMs;
    this.#now = Math.floor(startMs / slotMs);
  }

  add(timeMs, item) {
    const slot = Math.max(this.#now + 1, Math.floor(timeMs / this.#slotMs));
    const items = this.#slots.get(slot);
    if (items) items.push({ timeMs, item });
    else this.#slots.set(slot, [{ timeMs, item }]);
  }

  /** What is due in the next slot, first due first. */
  next() {
    this.#now += 1;
    const due = this.#slots.get(this.#now) ?? [];
    this.#slots.delete(this.#now);
    return due.sort((a, b) => a.timeMs - b.timeMs);
  }

  get nowMs() {
    return this.#now * this.#slotMs;
  }
}

const encoded = (type, timeMs, id, data) => ({
  key: data.conversationId,
  value: JSON.stringify(data),
  headers: { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: SOURCE, ce_type: `ratchet.${type}`, ce_time: new Date(timeMs).toISOString() },
  timeMs,
});

class Conversation {
  turn = 0;
  failure;

  constructor({ random, id, turns, pauseMs }) {
    this.random = random;
    this.id = id;
    this.turns = turns;
    this.pauseMs = pauseMs;
  }

  /** The next records of the conversation: `[timeMs, record]`, and when it goes on. */
  speak(timeMs) {
    const { random } = this;
    const { query, kind } = this.#query();
    this.turn += 1;
    const failure = this.#chooseFailure();
    this.failure = failure;
    const interaction = this.#interaction({ timeMs, query, failure });
    const records = [encoded('interaction.completed', timeMs + interaction.latencyMs, interaction.interactionId, interaction)];
    const answeredMs = timeMs + interaction.latencyMs;
    if (kind === 'person') records.push(this.#handoff(answeredMs + 500, interaction));
    if (random() < 0.06) records.push(this.#thumb(answeredMs + 1_500, interaction, failure));
    const last = this.turn >= this.turns || failure === 'abandoned' || kind === 'person';
    if (last) {
      if (failure === 'abandoned' || random() < 0.5) records.push(this.#end(answeredMs + (failure === 'abandoned' ? 4_000 : 1.1 * this.pauseMs), failure));
      return { records };
    }
    const pause = failure ? 0.2 + 0.5 * random() : 0.4 + exponential(random, 0.8);
    return { records, nextMs: answeredMs + pause * this.pauseMs };
  }

  #query() {
    const { random, request, failure } = this;
    if (this.turn > 0 && failure) {
      if (failure === 'corrected') return { query: request.correction() };
      if (failure === 'errored') return { query: request.query };
      return random() < 0.06 ? { query: askForPerson(random), kind: 'person' } : { query: request.inOtherWords() };
    }
    if (this.turn > 0 && this.turn + 1 >= this.turns && random() < 0.4) return { query: closing(random) };
    this.request = newRequest(random, this.request);
    return { query: this.request.query };
  }

  #chooseFailure() {
    const chance = this.random();
    const goesOn = this.turn < this.turns;
    if (chance < 0.055) return goesOn ? 'reworded' : undefined;
    if (chance < 0.095) return goesOn ? 'corrected' : undefined;
    if (chance < 0.11) return 'errored';
    return chance < 0.135 ? 'abandoned' : undefined;
  }

  #interaction({ timeMs, query, failure }) {
    const { random } = this;
    const content = failure === 'reworded' && random() < 0.5 ? noAnswer(random) : this.request.answer();
    return {
      interactionId: `${this.id}-${this.turn}`,
      conversationId: this.id,
      workload: 'support',
      model: 'support-assistant',
      version: random() < 0.95 ? 'v7' : 'v8',
      input: [{ role: 'user', content: query }],
      ...(failure === 'errored' ? { output: null, error: { type: 'timeout', message: 'no answer within 30 s' } } : { output: { content } }),
      startedAt: new Date(timeMs).toISOString(),
      latencyMs: 300 + Math.floor(exponential(random, 700)),
      usage: { inputTokens: 20 + Math.floor(query.length / 4), outputTokens: Math.floor(content.length / 4) },
    };
  }

  #thumb(timeMs, { interactionId }, failure) {
    const up = failure === undefined;
    const words = up || this.random() < 0.5 ? {} : { comment: comment(this.random) };
    const data = { feedbackId: `${interactionId}-f`, conversationId: this.id, interactionId, name: 'thumbs', value: up, ...words, source: { type: 'user' }, givenAt: new Date(timeMs).toISOString() };
    return encoded('feedback.given', timeMs, data.feedbackId, data);
  }

  #handoff(timeMs, { interactionId }) {
    const data = { conversationId: this.id, interactionId, requestedAt: new Date(timeMs).toISOString(), channel: 'phone' };
    return encoded('handoff.requested', timeMs, `${interactionId}-h`, data);
  }

  #end(timeMs, failure) {
    const data = { conversationId: this.id, endedAt: new Date(timeMs).toISOString(), ...(failure === undefined && this.random() < 0.7 && { taskCompleted: true }) };
    return encoded('conversation.ended', timeMs, `${this.id}-e`, data);
  }
}

/** 1 to 12, four on average. */
const turnsOf = (random) => Math.min(TURNS_MAX, 1 + Math.floor(exponential(random, 3.6)));

/**
 * Endless records `{ key, value, headers, timeMs }`, by event time. `recordsPerSecond` is of event time: with 250, fifteen minutes
 * hold 225,000. `pauseMs` is about the time between an answer and the next question. `steady` names conversations that
 * never end (one question every two minutes), so that a detector's state reaches far back.
 */
export function* traffic({ seed = 1, startMs, recordsPerSecond = 250, pauseMs = 40_000, slotMs = 1_000, steady = [], prefix = 'c' }) {
  const random = randomFrom(seed);
  const calendar = new Calendar(startMs, slotMs);
  // A conversation comes to about 3.9 records.
  const meanBetweenMs = 3_900 / recordsPerSecond;
  let arrivalMs = startMs;
  let count = 0;
  for (const id of steady) calendar.add(startMs, new Conversation({ random, id, turns: Number.POSITIVE_INFINITY, pauseMs: 120_000 }));
  for (;;) {
    const untilMs = calendar.nowMs + 2 * slotMs;
    while (arrivalMs < untilMs) {
      count += 1;
      calendar.add(arrivalMs, new Conversation({ random, id: `${prefix}-${seed}-${count.toString(36).padStart(8, '0')}`, turns: turnsOf(random), pauseMs }));
      arrivalMs += exponential(random, meanBetweenMs);
    }
    for (const { timeMs, item } of calendar.next()) {
      if (!(item instanceof Conversation)) {
        yield item;
        continue;
      }
      const { records, nextMs } = item.speak(timeMs);
      for (const record of records) calendar.add(record.timeMs, record);
      if (nextMs !== undefined) calendar.add(nextMs, item);
    }
  }
}
