import { Inject, Injectable } from '@nestjs/common';
import { momentaryAlerts, type Severity } from '@ratchet/console-api';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved, type AlertRaised, type AlertResolved } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { GIVE_UP_AFTER_MS } from '../webhooks/next-attempt.js';
import { GAVE_UP } from '../webhooks/receiver-trouble.js';
import { addDelivery } from '../webhooks/webhook.repository.js';
import { type AlertNews, bodyFor } from './alert-message.js';
import { mailIdOf } from './channel-client.js';
import { type Channel, receiverOf } from './channel-config.js';
import { afterRaised, afterResolved, type Telling } from './telling.js';

interface Known {
  readonly telling: Telling;
  /** Id of the message that began it. */
  readonly thread: string;
}

const isMomentary = (name: string): boolean => momentaryAlerts.includes(name);
/** Alerts that are the same one coming back; what only happens is told apart by what it says. */
const identityOf = ({ workload, name, message }: Pick<AlertRaised, 'workload' | 'name' | 'message'>): string => derivedId('alert-identity', workload, name, isMomentary(name) ? message : '');

const lock = async (tx: Transaction, receiver: string, identity: string): Promise<Known | undefined> =>
  (await tx.query<Known & Record<string, unknown>>('select telling, thread from alert_tellings where receiver = $1 and identity = $2 for update', [receiver, identity]))[0];

const keep = async (tx: Transaction, receiver: string, identity: string, { telling, thread }: Known): Promise<void> => {
  await tx.query(
    `insert into alert_tellings (receiver, identity, telling, thread) values ($1, $2, $3::jsonb, $4) on conflict (receiver, identity) do update set telling = excluded.telling, thread = excluded.thread`,
    [receiver, identity, JSON.stringify(telling), thread],
  );
};

/** Ends what still waits for its time; gives whether there was something. */
const withdraw = async (tx: Transaction, receiver: string, identity: string): Promise<boolean> =>
  (await tx.query(`update webhook_deliveries set state = 'withdrawn' where webhook = $1 and ordering_key = $2 and state = 'waiting' and attempts = 0 and next_attempt_at > now() returning delivery_id`, [receiver, identity])).length > 0;

/** Notes, with an alert's other effects, which channels are to be told of it. */
@Injectable()
export class ChannelQueue {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async raised(tx: Transaction, { id, source, time, data }: EventEnvelope<AlertRaised>, nowMs = Date.now()): Promise<void> {
    // As for webhooks: nobody waits for what a console with an empty database reads of last year.
    if (nowMs - Date.parse(time) > GIVE_UP_AFTER_MS) return;
    const identity = identityOf(data);
    for (const channel of this.config.ALERT_CHANNELS.filter((one) => wantsAlert(one, data))) {
      const receiver = receiverOf(channel);
      const known = await lock(tx, receiver, identity);
      const { telling, ...next } = afterRaised(known?.telling, { alertId: data.alertId, severity: data.severity, isMomentary: isMomentary(data.name) }, nowMs);
      const messageId = derivedId('alert-message', receiver, source, id);
      await keep(tx, receiver, identity, { telling, thread: next.tell === 'nothing' && known ? known.thread : messageId });
      if (next.tell === 'nothing') continue;
      const news: AlertNews = { kind: 'raised', ...data, at: data.raisedAt, repeats: telling.repeats };
      await this.add(tx, { channel, identity, messageId, news, type: alertRaised.type, ...(next.tell === 'at' && { dueAt: next.at }) });
    }
  }

  async resolved(tx: Transaction, { id, source, data }: EventEnvelope<AlertResolved>): Promise<void> {
    const identity = identityOf(data);
    for (const channel of this.config.ALERT_CHANNELS) {
      const receiver = receiverOf(channel);
      const known = await lock(tx, receiver, identity);
      if (!known) continue;
      const { telling, isOver } = afterResolved(known.telling, data.alertId);
      await keep(tx, receiver, identity, { ...known, telling });
      if (!isOver || (await withdraw(tx, receiver, identity))) continue;
      const news: AlertNews = { kind: 'resolved', ...data, severity: telling.severity, at: data.resolvedAt, repeats: telling.repeats };
      await this.add(tx, { channel, identity, messageId: derivedId('alert-message', receiver, source, id), news, type: alertResolved.type, thread: known.thread });
    }
  }

  private async add(tx: Transaction, { channel, identity, messageId, news, type, thread, dueAt }: NewMessage): Promise<void> {
    const inReplyTo = thread !== undefined && channel.type === 'email' ? mailIdOf(channel, thread) : undefined;
    await addDelivery(tx, {
      webhook: receiverOf(channel), messageId, type, orderingKey: identity, body: bodyFor(channel, news, inReplyTo), workload: news.workload, isAboutDelivery: news.name === GAVE_UP, ...(dueAt !== undefined && { dueAt }),
    });
  }
}

interface NewMessage {
  readonly channel: Channel;
  readonly identity: string;
  readonly messageId: string;
  readonly news: AlertNews;
  readonly type: string;
  readonly thread?: string;
  readonly dueAt?: number;
}

const wantsAlert = ({ severities, workloads }: Channel, { severity, workload }: { readonly severity: Severity; readonly workload: string }): boolean =>
  severities.includes(severity) && (workloads === undefined || workloads.includes(workload));
