// Bytes of heap and external memory for each open conversation, and of them the texts that are kept on purpose.
// Usage: node --expose-gc bench/open-conversations.mjs [conversations] [turns]     (build the library first)
import { ConversationTracker } from '@ratchet/signals';

const count = Number(process.argv[2] ?? 1_000_000);
const turns = Number(process.argv[3] ?? 2);
if (globalThis.gc === undefined) {
  console.error('Run it with --expose-gc: what is garbage must not be counted.');
  process.exit(2);
}
const THINGS = 'parcel kettle order invoice voucher blender account lamp receipt refund address subscription warranty chair payment password'.split(' ');
const START_MS = 1_772_442_000_000;
const used = () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
/** Through JSON, as from the log: no text is shared with another record. */
const interaction = (conversation, turn, timeMs) => JSON.parse(JSON.stringify({
  interactionId: `i${(conversation * 13 + turn).toString(36).padStart(11, '0')}`, conversationId: `c${conversation.toString(36).padStart(11, '0')}`, workload: 'support', model: 'support-assistant', version: 'v1',
  input: [{ role: 'user', content: `question ${conversation % 997} number ${turn}: where do I find the ${THINGS[(conversation + 3 * turn) % 16]} of my ${THINGS[(conversation * 7 + turn) % 16]}` }],
  output: { content: `Open the page of the ${THINGS[(conversation + turn) % 16]} under Account, then choose ${THINGS[(conversation * 5 + turn) % 16]} ${conversation % 1_009} and confirm it.` },
  startedAt: new Date(timeMs - 700).toISOString(), latencyMs: 700, usage: { inputTokens: 40, outputTokens: 60 }, costUsd: 0.0004,
}));

const tracker = new ConversationTracker({ config: { maxOpenConversations: count + 1, idleEndMs: 3_600_000, maxConversationMs: 7_200_000 } });
interaction(0, 0, START_MS);
const before = used();
const cpu = process.cpuUsage();
let offset = 0;
let textBytes = 0;
for (let turn = 0; turn < turns; turn += 1) {
  for (let i = 0; i < count; i += 1) {
    const timeMs = START_MS + Math.floor(offset / 1_000);
    const data = interaction(i, turn, timeMs);
    if (turn === turns - 1) textBytes += data.input[0].content.length + data.output.content.length;
    tracker.apply({ event: { type: 'ratchet.interaction.completed', data }, eventId: `e${offset.toString(36).padStart(11, '0')}`, offset: BigInt(offset), timeMs });
    offset += 1;
  }
  tracker.drainVitals({ partition: 0, fromOffset: 0n, toOffset: BigInt(offset) });
}
const { user, system } = process.cpuUsage(cpu);
const bytes = (used() - before) / count;
const texts = textBytes / count;
console.log(`${tracker.openConversations} open conversations of ${turns} turns: ${bytes.toFixed(0)} bytes each, ${texts.toFixed(0)} of them the last query and reply, ${(bytes - texts).toFixed(0)} beyond (${((bytes - texts) / 1_024).toFixed(2)} KiB)`);
console.log(`${((user + system) / offset).toFixed(1)} µs CPU a record, making it included; ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB resident`);
