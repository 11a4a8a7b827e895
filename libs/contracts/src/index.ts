export { topics, topicCatalogue, catalogueEntryOf, topicOf, deadLetterTopicOf, type TopicSpec } from './topics.js';
export {
  encodeEvent, decodeMessage, checkEvent, checkStructured, toStructured, isEvent, decodeErrorCodes,
  type EventEnvelope, type EncodedEvent, type MessageLike, type Decoded, type DecodeErrorCode,
} from './envelope.js';
export { isSampled, readTraceparent, traceIdOf } from './traceparent.js';
export { defineService, topicsConsumedBy, topicsWrittenAloneBy, type ServiceContract } from './service-contract.js';
export type { EventData, EventDefinition } from '@ratchet/domain';
