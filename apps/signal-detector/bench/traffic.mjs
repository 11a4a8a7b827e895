// Records as kafkajs delivers them (value and headers are views of one buffer a fetch), of conversations like those of a support desk.
const TOPIC = 'ratchet.interactions.v1';
const START_MS = Date.parse('2026-03-02T09:00:00Z');
const THINGS = 'parcel,kettle,order,invoice,voucher,blender,account,lamp,receipt,refund,address,gift card,subscription,warranty,chair,payment,password,delivery,coupon,table,catalogue,newsletter,toaster,charger'.split(',');
const REQUESTS = ['where is my #', 'how do I send the # back', 'can I change the # before friday', 'which # belongs to the second booking', 'do you offer a # to business customers', 'my # is not accepted at the checkout', 'how long may I keep the #', 'please add another person to my #'];
const FOLLOW_UPS = ['and how long does the # take', 'what is the fee for the #', 'can you mail me the link to the #', 'and what about the #', 'okay, where do I find the #', 'how heavy is a #', 'what if the # is already open', 'good, then please prepare the #'];
const COMPLAINTS = ['no, that is not what I asked', 'you already told me that, it does not work', 'let me talk to a human please', 'this is useless', 'I meant the #, not the order'];
const OPENINGS = ['You can follow the # in the app', 'The # stands under Account, then Billing', 'Yes, we handle the # within five working days', 'Choose Change beside the #', 'The # is yours for two years from the first day', 'Write the number of the # into the form'];
const ENDINGS = ['tap it to see the page of the #', 'the month beside the # gives the document as a file', 'a # costs nothing to return', 'enter the new # before the van has left', 'keep the # at hand, please', 'the # then follows by mail'];
const FAILED_REPLIES = ['I am sorry, I could not find a # with that number. Could you check it again, please?', 'Unfortunately I do not have that information about the #.'];

/** Numbers from a seed (mulberry32): the same seed gives the same traffic. */
export const randomFrom = (seed) => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
};

const newId = (random) => `${random(0x7fffffff).toString(36)}${random(0x7fffffff).toString(36)}`.padStart(12, '0');
const one = (texts, { random, thing = THINGS[random(THINGS.length)] }) => texts[random(texts.length)].replace('#', thing);

/** Text that stands in a record, before it is bytes. */
const interactionText = ({ conversation, random, timeMs }) => {
  const failing = random(25) === 0;
  const thing = THINGS[random(THINGS.length)];
  const query = one(conversation.turn === 0 ? REQUESTS : conversation.failed ? COMPLAINTS : FOLLOW_UPS, { random, thing });
  conversation.failed = failing;
  conversation.turn += 1;
  const latencyMs = 300 + random(900);
  return JSON.stringify({
    interactionId: newId(random), conversationId: conversation.id, workload: 'support', model: 'support-assistant', version: 'v1',
    input: [{ role: 'user', content: query }], output: { content: failing ? one(FAILED_REPLIES, { random, thing }) : `${one(OPENINGS, { random, thing })}; ${one(ENDINGS, { random })}.` },
    startedAt: new Date(timeMs - latencyMs).toISOString(), latencyMs, usage: { inputTokens: 30 + random(60), outputTokens: 20 + random(80) }, costUsd: random(1_000) / 1e6,
  });
};

const toRecords = (plain, { partition }) => {
  const parts = plain.flatMap(({ key, value, headers }) => [key, value, ...Object.values(headers)].map((text) => Buffer.from(text)));
  const whole = Buffer.concat(parts);
  let at = 0;
  let part = 0;
  const view = () => whole.subarray(at, (at += parts[part++].length));
  return plain.map(({ offset, timestampMs, headers }) => {
    const [key, value] = [view(), view()];
    return { topic: TOPIC, partition, offset: BigInt(offset), timestampMs, key, value, headers: Object.fromEntries(Object.keys(headers).map((name) => [name, view()])) };
  });
};

/**
 * Batches without end. `perSecond` records pass in a second of stream time, `together` conversations go on at once, of 1 to `turnsMax`
 * turns each; one reply in 25 is of no help, and about one interaction in five is judged a failure.
 */
export function* trafficOf({ seed = 1, batch = 1_000, together = 4_000, perSecond = 80, turnsMax = 12, partition = 0 } = {}) {
  const random = randomFrom(seed);
  const newConversation = () => ({ id: newId(random), turn: 0, turns: 1 + random(turnsMax), failed: false });
  const running = Array.from({ length: together }, newConversation);
  let offset = 0;
  for (;;) {
    const plain = Array.from({ length: batch }, () => {
      const place = random(together);
      if (running[place].turn >= running[place].turns) running[place] = newConversation();
      const timeMs = START_MS + Math.floor((offset * 1_000) / perSecond);
      const value = interactionText({ conversation: running[place], random, timeMs });
      const headers = {
        'content-type': 'application/json', ce_specversion: '1.0', ce_id: newId(random), ce_source: '/product/gateway', ce_type: 'ratchet.interaction.completed', ce_time: new Date(timeMs).toISOString(),
      };
      offset += 1;
      return { offset: offset - 1, timestampMs: timeMs + 3, key: running[place].id, value, headers };
    });
    yield toRecords(plain, { partition });
  }
}
