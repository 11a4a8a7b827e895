export { Logger, describeError, type LoggerOptions } from './logger.js';
export { OUTSIDE_LABELS } from './bounded-series.js';
export { Metrics } from './metrics.js';
export { newEventId, derivedId } from './ids.js';
export { noTracing, openTracing, type SpanAttributes, type SpanKind, type SpanStart, type TraceSpan, type Tracing, type TracingSettings } from './tracing/tracing.js';
export { RatchetError } from './ratchet-error.js';
