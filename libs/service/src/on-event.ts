import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventDefinition } from '@ratchet/contracts';

/**
 * Marks a controller's method as the handler of an event type: `(event: EventEnvelope<Data>, tx: Transaction) => Promise<void>`.
 * As a `HandlerTransaction`, `tx` also says where in the log the record is.
 */
export const OnEvent =
  (definition: EventDefinition): MethodDecorator =>
  (target, key, descriptor) => {
    // Without parameter decorators Nest hands over the payload alone, and the handler would have no transaction.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    (EventPattern(definition.type) as MethodDecorator)(target, key, descriptor);
  };
