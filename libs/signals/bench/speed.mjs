// CPU microseconds that detection takes of an interaction: reading the texts once, comparing them, the detectors, the probability. What
// the tracker does besides (state, expiry, counts, events) is in the signal-detector's bench/detection-speed.mjs, on the same traffic.
// Usage: node bench/speed.mjs [interactions] [rounds]     (build the library and the detector first)
import { decodeMessage } from '@ratchet/contracts';
import { signalsConfigSchema } from '@ratchet/signals';
import { trafficOf } from '../../../apps/signal-detector/bench/traffic.mjs';
import { nextTurnDetectors } from '../dist/detectors/registry.js';
import { addFailureFeatures, FailureFeatures } from '../dist/failure/failure-features.js';
import { FailureModel } from '../dist/failure/failure-probability.js';
import { HASHED_EMBEDDING, MessageComparer } from '../dist/text/similarity.js';
import { largestOverlap, NO_HISTORY, withStems } from '../dist/text/stem-history.js';
import { profileOf } from '../dist/text/text-profile.js';
import { QUERIES_KEPT, REPLIES_KEPT } from '../dist/tracker/open-conversation.js';

const interactions = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 5);
const config = signalsConfigSchema.parse({});
const context = { config };
const comparer = new MessageComparer({ config, embedding: HASHED_EMBEDDING });
const model = new FailureModel();
const features = new FailureFeatures();

const conversations = () => {
  const byId = new Map();
  for (const record of trafficOf({ batch: interactions }).next().value) {
    const { event } = decodeMessage(record, record.topic);
    const { conversationId, input, output } = event.data;
    const turns = byId.get(conversationId) ?? [];
    turns.push([input[0].content, output.content]);
    byId.set(conversationId, turns);
  }
  return [...byId.values()];
};

/** What is done up to a part; `sink` keeps the engine from leaving it out. */
const detect = (turns, upTo) => {
  let sink = 0;
  let before;
  let stems = NO_HISTORY;
  let replies = NO_HISTORY;
  const queries = [];
  turns.forEach(([asked, answered], i) => {
    const query = profileOf(asked, 'user', { keptChars: config.maxKeptChars });
    const reply = profileOf(answered, 'reply', { keptChars: config.maxKeptChars });
    sink += query.wordCount + reply.wordCount;
    const exchange = { query, reply, replyRepeats: undefined, answeredAfterMs: 0, emptyReply: false, timed: true };
    if (upTo >= 1) {
      exchange.replyRepeats = largestOverlap(replies, reply.content) || undefined;
      if (before !== undefined) {
        const next = { message: query, afterMs: 20_000, ...comparer.compare(query, { asked: before.query, earlier: { queries, queryStems: stems } }) };
        const signals = upTo >= 2 ? nextTurnDetectors.map((detectOne) => detectOne(before, next, context)).filter((signal) => signal !== undefined) : [];
        sink += next.alikeCount + signals.length;
        if (upTo >= 3) {
          addFailureFeatures(features.clear(), { exchange: before, next, signals, course: { turn: i, troubled: 0 } });
          sink += model.probability(features);
        }
      }
      stems = withStems(stems, { stems: query.content, max: QUERIES_KEPT });
      replies = withStems(replies, { stems: reply.content, max: REPLIES_KEPT });
      queries.push(query.text);
      if (queries.length > QUERIES_KEPT) queries.shift();
    }
    before = exchange;
  });
  return sink;
};

const all = conversations();
const microsOf = (upTo) => {
  const times = [];
  for (let round = 0; round <= rounds; round += 1) {
    const start = process.cpuUsage();
    for (const turns of all) detect(turns, upTo);
    const { user, system } = process.cpuUsage(start);
    if (round > 0) times.push((user + system) / interactions);
  }
  // Whatever else the machine does only adds.
  return Math.min(...times);
};

const totals = [0, 1, 2, 3].map(microsOf);
['reading query and reply', 'comparing with what was said', 'detectors', 'probability'].forEach((part, i) => console.log(`${part.padEnd(30)} ${(totals[i] - (totals[i - 1] ?? 0)).toFixed(2)} µs`));
console.log(`${'detection, per interaction'.padEnd(30)} ${totals[3].toFixed(2)} µs`);
