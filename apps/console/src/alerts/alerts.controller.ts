import { Body, ConflictException, Controller, Get, Inject, NotFoundException, Param, Post, Query } from '@nestjs/common';
import {
  acknowledgeSchema, alertPageSchema, type AlertQuery, alertQuerySchema, type Caller as CallerFacts, channelsSchema, type ChannelShown, deliveryPageSchema, type DeliveryQuery, deliveryQuerySchema, doneSchema, type TestResult, testResultSchema,
} from '@ratchet/console-api';
import { newEventId } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { z } from 'zod';
import type { Config } from '../config.js';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { noteChange } from '../live/change-feed.js';
import type { Answer } from '../webhooks/next-attempt.js';
import { postMessage } from '../webhooks/webhook-client.js';
import type { Webhook } from '../webhooks/webhook-config.js';
import { urlHashOf } from '../webhooks/webhook-queue.js';
import { hasEnded, waitingOf } from '../webhooks/webhook.repository.js';
import { bodyFor } from './alert-message.js';
import { acknowledge, alertPage, deliveryPage, sendAgain, troubleOf } from './alerts.repository.js';
import { sendToChannel } from './channel-client.js';
import { addressHashOf, type Channel, receiverOf, whereOf } from './channel-config.js';

const resultOf = (answer: Answer & { readonly response?: string }): TestResult => {
  const status = 'status' in answer ? answer.status : null;
  return { ok: status !== null && status >= 200 && status < 300, status, error: 'error' in answer ? answer.error : null, response: answer.response ?? null };
};

/** Alerts, whom they are told to, and what came of that. */
@Controller('api')
@Access('viewer')
export class AlertsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
  ) {}

  @Get('alerts')
  @Answers(alertPageSchema)
  alerts(@Query({ schema: alertQuerySchema }) query: AlertQuery): Promise<z.infer<typeof alertPageSchema>> {
    return alertPage(this.database, query);
  }

  @Post('alerts/:id/acknowledgement')
  @Access('operator')
  @Answers(doneSchema)
  async acknowledge(@Param('id') alertId: string, @Body({ schema: acknowledgeSchema }) { reason }: { reason: string }, @Caller() { name }: CallerFacts): Promise<{ done: true }> {
    const isKnown = await this.database.transaction(async (tx) => {
      noteChange(tx, 'alerts');
      return acknowledge(tx, { alertId, actor: name, reason });
    });
    if (!isKnown) throw new NotFoundException('There is no such alert.');
    return { done: true };
  }

  @Get('alert-deliveries')
  @Answers(deliveryPageSchema)
  deliveries(@Query({ schema: deliveryQuerySchema }) query: DeliveryQuery): Promise<z.infer<typeof deliveryPageSchema>> {
    return deliveryPage(this.database, query);
  }

  /** Tries again what was given up. */
  @Post('alert-deliveries/:id/again')
  @Access('operator')
  @Answers(doneSchema)
  async again(@Param('id') id: string, @Caller() { name }: CallerFacts): Promise<{ done: true }> {
    if (!/^\d{1,18}$/u.test(id)) throw new NotFoundException('There is no such delivery.');
    await this.database.transaction(async (tx) => {
      const receiver = await sendAgain(tx, id, name);
      if (receiver === undefined) throw new NotFoundException('There is no such delivery that was given up.');
      const webhook = this.config.WEBHOOKS.find((one) => one.name === receiver);
      const channel = this.config.ALERT_CHANNELS.find((one) => receiverOf(one) === receiver);
      if (!webhook && !channel) throw new ConflictException('Its receiver is no longer configured.');
      if (await hasEnded(tx, { webhook: receiver, urlHash: webhook ? urlHashOf(webhook) : addressHashOf(channel as Channel) })) throw new ConflictException('Its receiver wants nothing more at this address; configure another.');
      noteChange(tx, 'alerts');
    });
    return { done: true };
  }

  @Get('alert-channels')
  @Answers(channelsSchema)
  async channels(): Promise<{ items: ChannelShown[] }> {
    const items = [...this.config.ALERT_CHANNELS.map((channel) => this.showChannel(channel)), ...this.config.WEBHOOKS.map((webhook) => this.showWebhook(webhook))];
    return { items: await Promise.all(items) };
  }

  /** Sends a test message now and waits for what comes of it. */
  @Post('alert-channels/:type/:name/test')
  @Access('admin')
  @Answers(testResultSchema)
  async test(@Param('type') type: string, @Param('name') name: string, @Caller() caller: CallerFacts): Promise<TestResult> {
    const id = newEventId();
    const news = { kind: 'test', name: 'test', workload: 'none', severity: 'info', message: `${caller.name} tests this channel. Nothing has happened.`, at: new Date().toISOString(), repeats: 0 } as const;
    const channel = this.config.ALERT_CHANNELS.find((one) => one.type === type && one.name === name);
    if (channel) return resultOf(await sendToChannel(channel, { id, body: bodyFor(channel, news) }));
    const webhook = type === 'webhook' ? this.config.WEBHOOKS.find((one) => one.name === name) : undefined;
    if (!webhook) throw new NotFoundException('There is no such channel.');
    const event = { specversion: '1.0', id, source: '/ratchet/console', type: 'ratchet.test', time: news.at, datacontenttype: 'application/json', data: { message: news.message } };
    return resultOf(await postMessage(webhook, { id, body: JSON.stringify(event) }, Date.now()));
  }

  private async showChannel(channel: Channel): Promise<ChannelShown> {
    const { name, type, severities, workloads } = channel;
    const receiver = receiverOf(channel);
    return { name, type, where: whereOf(channel), severities, workloads: workloads ?? null, ...(await this.standing(receiver, addressHashOf(channel))) };
  }

  private async showWebhook(webhook: Webhook): Promise<ChannelShown> {
    const { name, url, workloads } = webhook;
    return { name, type: 'webhook', where: new URL(url).origin, severities: ['info', 'warning', 'critical'], workloads: workloads ?? null, ...(await this.standing(name, urlHashOf(webhook))) };
  }

  private async standing(receiver: string, urlHash: string): Promise<Pick<ChannelShown, 'waiting' | 'failingSince' | 'ended'>> {
    const [{ waiting }, failingSince, ended] = await Promise.all([waitingOf(this.database, receiver), troubleOf(this.database, receiver), hasEnded(this.database, { webhook: receiver, urlHash })]);
    return { waiting, failingSince, ended };
  }
}
