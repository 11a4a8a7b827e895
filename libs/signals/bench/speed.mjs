// Microseconds per interaction of the tracker, on conversations made of the shapes that support traffic has.
// Usage: node bench/speed.mjs [interactions]     (build the library first)
import { ConversationTracker } from '@ratchet/signals';

const QUERIES = ['where is my parcel, it should have arrived on monday', 'how do i send the kettle back', 'no, i meant the invoice for march', 'thanks, that helps', 'can i change the delivery address of my order', 'where is my parcel now, it should have come on monday'];
const REPLIES = ['You can follow your parcel in the app under Orders; tap the order to open the page of the carrier.', 'I am sorry, I could not find an order with that number. Could you check it again, please?', 'Invoices are under Account, then Billing. Choose the month to download the document as a file.'];
const count = Number(process.argv[2] ?? 300_000);
const tracker = new ConversationTracker();
let emitted = 0;
const started = process.hrtime.bigint();
for (let i = 0; i < count; i += 1) {
  const conversationId = `conversation-${Math.floor(i / 12) * 4 + (i % 4)}`;
  const timeMs = 1_700_000_000_000 + i * 20;
  const data = {
    interactionId: `interaction-${i}`, conversationId, workload: 'support', model: 'assistant', version: 'v1', latencyMs: 400 + (i % 700),
    input: [{ role: 'user', content: `${QUERIES[(i * 7 + Math.floor(i / 4)) % QUERIES.length]} ${i % 97}` }], output: { content: REPLIES[(i * 5) % REPLIES.length] },
    startedAt: new Date(timeMs).toISOString(), usage: { inputTokens: 40, outputTokens: 60 }, costUsd: 0.0004,
  };
  emitted += tracker.apply({ event: { type: 'ratchet.interaction.completed', data }, eventId: `event-${i}`, offset: BigInt(i), timeMs }).length;
  if (i % 1_000 === 999) tracker.drainVitals({ partition: 0, fromOffset: BigInt(i - 999), toOffset: BigInt(i) });
}
const micros = Number(process.hrtime.bigint() - started) / 1_000;
console.log(`${count} interactions, ${emitted} emissions, ${tracker.openConversations} open: ${(micros / count).toFixed(1)} µs each`);
