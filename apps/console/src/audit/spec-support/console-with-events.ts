import type { EventDefinition, EventEnvelope } from '@ratchet/contracts';
import type { EventData } from '@ratchet/domain';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { newEventId } from '@ratchet/observability';
import { transactionAt } from '@ratchet/service';
import { firstValueFrom, isObservable } from 'rxjs';
import { startTestConsole, type TestConsole } from '../../access/spec-support/test-console.js';

/** Nest's own handlers in Nest's own order, as the consumer of the services collects them, without Kafka. */
class Collected extends Server implements CustomTransportStrategy {
  readonly byType = new Map<string, MessageHandler[]>();

  override addHandler(pattern: unknown, callback: MessageHandler): void {
    const type = this.normalizePattern(pattern as string);
    this.byType.set(type, [...(this.byType.get(type) ?? []), callback]);
  }
  listen(callback: () => void): void {
    callback();
  }
  close(): void {}
  on(): never {
    throw new Error('this transport has no events of its own');
  }
  unwrap<T>(): T {
    return this as unknown as T;
  }
}

export interface TestConsoleWithEvents extends TestConsole {
  /** Hands over events as one batch does: in one transaction, each to all that hear of it. Their definitions check them. */
  readonly deliver: (...events: readonly EventEnvelope[]) => Promise<void>;
}

export const eventOf = <D extends EventDefinition>(definition: D, service: string, data: EventData<D>, id = newEventId()): EventEnvelope<EventData<D>> => ({
  id, source: `/ratchet/${service}`, type: definition.type, time: new Date().toISOString(), data: definition.schema.parse(data) as EventData<D>,
});

/** The console as it runs, with its handlers, but for Kafka. */
export const startConsoleWithEvents = async (): Promise<TestConsoleWithEvents> => {
  const collected = new Collected();
  const running = await startTestConsole({ before: (app) => void app.connectMicroservice({ strategy: collected }) });
  await running.app.startAllMicroservices();
  const deliver = (...events: readonly EventEnvelope[]): Promise<void> =>
    running.database.transaction(async (tx) => {
      for (const [offset, event] of events.entries()) {
        for (const handler of collected.byType.get(event.type) ?? []) {
          const result: unknown = await handler(event, transactionAt(tx, { topic: 'test', partition: 0, offset: BigInt(offset) }));
          if (isObservable(result)) await firstValueFrom(result, { defaultValue: undefined });
        }
      }
    });
  return { ...running, deliver };
};
