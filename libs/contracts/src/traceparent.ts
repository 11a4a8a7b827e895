const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** `00-`, the trace's id in 32 digits, `-`, the span's in 16, `-`, two digits of flags. */
const LENGTH = 55;
const TRACE_ID_AT = 3;
const TRACE_ID_CHARS = 32;
const SAMPLED = 1;

/** A W3C trace context as it came, or nothing: callers and products write any text there. */
export const readTraceparent = (value: unknown): string | undefined => (typeof value === 'string' && value.length === LENGTH && FORM.test(value) ? value : undefined);

/** Of a trace context that was read. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(TRACE_ID_AT, TRACE_ID_AT + TRACE_ID_CHARS);

/** Whether spans of the trace are recorded. */
export const isSampled = (traceparent: string): boolean => (Number.parseInt(traceparent.slice(-2), 16) & SAMPLED) === SAMPLED;
