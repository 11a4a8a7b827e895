// What redaction costs an interaction, in processor time: node apps/gateway/bench/redaction-cost.mjs (after a build)
import { seededRandom } from '../../../libs/testing/dist/index.js';
import { privacySchema } from '../dist/privacy/privacy-policy.js';
import { mapTexts } from '../dist/privacy/event-texts.js';
import { Redactor } from '../../../libs/redaction/dist/index.js';

const random = seededRandom(1);
const words = 'the order has not arrived yet and I would like to know where my parcel is because it was due on Monday please tell me what to do about it thank you'.split(' ');
const plain = (length) => {
  let text = '';
  while (text.length < length) text += `${random.pick(words)} `;
  return text;
};
const holding = (length) => `${plain(length / 2)} I am anna.berg@mail.example.org, +49 30 901820, card 4111 1111 1111 1111, account DE89 3704 0044 0532 0130 00, from 192.168.0.17 ${plain(length / 2)}`;

const interaction = (text) => ({
  id: 'e', source: '/bench', type: 'ratchet.interaction.completed', time: '2026-01-01T00:00:00Z',
  data: {
    interactionId: 'i', conversationId: 'c', workload: 'w', model: 'm', version: 'v', startedAt: '2026-01-01T00:00:00Z', latencyMs: 1,
    input: [{ role: 'system', content: plain(500) }, { role: 'user', content: text }], output: { content: plain(600) },
  },
});

const microsecondsOf = (redactor, event) => {
  const rounds = 3_000;
  const run = () => {
    for (let i = 0; i < rounds; i += 1) mapTexts(event, (text) => redactor.redact(text));
  };
  run();
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return Math.round(((user + system) / rounds) * 10) / 10;
};

const all = { redact: ['email', 'phone', 'card', 'iban', 'ip', 'url'], phoneCountry: 'DE' };
const policies = { 'all kinds': all, 'without phone': { ...all, redact: all.redact.filter((kind) => kind !== 'phone') }, 'all kinds, one custom pattern': { ...all, patterns: [{ name: 'order', pattern: 'ORD-\\d{6}' }] } };
const texts = { 'nothing to redact, 1,600 characters': plain(500), 'five things to redact, 1,750 characters': holding(500), 'five things to redact, 10,000 characters': holding(9_000) };
for (const [policy, config] of Object.entries(policies)) {
  const redactor = new Redactor(privacySchema.parse(config));
  for (const [what, text] of Object.entries(texts)) process.stdout.write(`${policy}; ${what}: ${microsecondsOf(redactor, interaction(text))} µs of processor time an interaction\n`);
}
