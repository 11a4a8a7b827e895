// node main.mjs BROKERS GROUP OUTPUT: the reference job on NestJS' own Kafka transport, as its documentation shows it: one handler, one message
// at a time, its result sent by the client, positions committed by the consumer. It is at least once: there are no transactions.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, Ctx, EventPattern, Payload, Transport } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { ReferenceJob } from '../../../apps/signal-detector/dist/reference/reference-job.js';

const INTERACTIONS = 'ratchet.interactions.v1';
const AHEAD_MS_MAX = 60_000;
const [brokers, groupId, output] = process.argv.slice(2);
const client = { clientId: 'reference-nest', brokers: brokers.split(',') };
const sender = new ClientKafka({ client, producerOnlyMode: true });

class ReferenceHandlers {
  jobs = new Map();

  async onInteraction(data, context) {
    const { headers, offset, timestamp } = context.getMessage();
    const partition = context.getPartition();
    let job = this.jobs.get(partition);
    if (!job) this.jobs.set(partition, (job = new ReferenceJob()));
    const timeMs = Math.min(Date.parse(String(headers.ce_time)), Number(timestamp) + AHEAD_MS_MAX);
    const finding = job.apply({ type: String(headers.ce_type), timeMs, data, offset: BigInt(offset) });
    if (finding) await lastValueFrom(sender.emit(output, { key: finding.conversationId, value: JSON.stringify(finding) }), { defaultValue: undefined });
  }
}
// What the decorators do in TypeScript.
const { prototype } = ReferenceHandlers;
EventPattern(INTERACTIONS)(prototype, 'onInteraction', Object.getOwnPropertyDescriptor(prototype, 'onInteraction'));
Payload()(prototype, 'onInteraction', 0);
Ctx()(prototype, 'onInteraction', 1);

class ReferenceModule {}
Module({ controllers: [ReferenceHandlers] })(ReferenceModule);

await sender.connect();
const consumer = { groupId };
const app = await NestFactory.createMicroservice(ReferenceModule, { transport: Transport.KAFKA, options: { client, consumer, subscribe: { fromBeginning: true } }, logger: ['error', 'warn'] });
await app.listen();
process.stdout.write('listening\n');
process.once('SIGTERM', () => app.close().then(() => sender.close()).then(() => process.exit(0)));
