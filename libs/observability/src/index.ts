export { Logger, describeError, type LoggerOptions } from './logger.js';
export { Metrics } from './metrics.js';
export { newEventId, derivedId } from './ids.js';
export { RatchetError } from './ratchet-error.js';
