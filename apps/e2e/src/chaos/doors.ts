import { setTimeout as wait } from 'node:timers/promises';
import { encodeEvent, toStructured } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { testKafka } from '@ratchet/testing';
import type { Producer } from 'kafkajs';

const AGAIN_AFTER_MS = 300;

/** One of the ways by which a product's events come in. Resolves when they are in the log, however long that takes. */
export interface Door {
  /** Whether it refuses what does not fit its schema. */
  readonly checks: boolean;
  send(events: readonly EventEnvelope[]): Promise<void>;
  close(): Promise<void>;
}

const untilSent = async (attempt: () => Promise<void>, onRepeat: () => void): Promise<void> => {
  for (;;) {
    try {
      return await attempt();
    } catch {
      onRepeat();
      await wait(AGAIN_AFTER_MS);
    }
  }
};

/** Straight into the topic, with a client of the product's own that knows nothing of idempotence. */
export const kafkaDoor = (onRepeat: () => void): Door => {
  let producer: Promise<Producer> | undefined;
  const connected = (): Promise<Producer> =>
    (producer ??= (async () => {
      const made = testKafka().producer({ allowAutoTopicCreation: false, retry: { retries: 1 } });
      await made.connect();
      return made;
    })().catch((error: unknown) => {
      producer = undefined;
      throw error;
    }));
  return {
    checks: false,
    send: (events) =>
      untilSent(async () => {
        const encoded = events.map(encodeEvent);
        const [first] = encoded;
        if (first) await (await connected()).send({ topic: first.topic, acks: -1, messages: encoded.map(({ key, value, headers }) => ({ key, value, headers })) });
      }, onRepeat),
    close: async () => {
      await (await producer?.catch(() => undefined))?.disconnect();
    },
  };
};

/** Through the gateway, which takes responsibility with its answer. */
export const gatewayDoor = (url: string, onRepeat: () => void): Door => ({
  checks: true,
  send: (events) =>
    untilSent(async () => {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(events.map(toStructured)),
        signal: AbortSignal.timeout(10_000),
      });
      const answer = await response.text();
      if (response.status >= 400 && response.status < 500 && response.status !== 429) process.stderr.write(`the gateway refused events: ${answer.slice(0, 500)}\n`);
      if (!response.ok) throw new Error(`the gateway answered ${response.status}`);
    }, onRepeat),
  close: async () => undefined,
});
