// node docs/examples/publish-interaction.mjs BROKER     publishes one interaction, as a product does
import { randomUUID } from 'node:crypto';
import { Kafka } from 'kafkajs';

const interaction = {
  interactionId: randomUUID(), conversationId: randomUUID(), workload: 'default', model: 'support-assistant', version: 'v1',
  input: [{ role: 'user', content: 'How do I reset my password?' }], output: { content: 'Open Settings and choose Reset.' },
  startedAt: new Date().toISOString(), latencyMs: 420,
};
const producer = new Kafka({ clientId: 'my-product', brokers: [process.argv[2] ?? 'localhost:9092'] }).producer({ idempotent: true });
await producer.connect();
const headers = { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: interaction.interactionId, ce_source: '/my-product', ce_type: 'ratchet.interaction.completed', ce_time: interaction.startedAt };
await producer.send({ topic: 'ratchet.interactions.v1', messages: [{ key: interaction.conversationId, value: JSON.stringify(interaction), headers }] });
await producer.disconnect();
