import { EventPattern } from '@nestjs/microservices';
import type { EventDefinition } from '@ratchet/contracts';

/** Marks a controller's method as the handler of an event type: `(event: EventEnvelope<Data>, tx: Transaction) => Promise<void>`. */
export const OnEvent = (definition: EventDefinition): MethodDecorator => EventPattern(definition.type) as MethodDecorator;
