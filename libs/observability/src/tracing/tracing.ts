export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
/** Ids, names and numbers by OpenTelemetry's conventions; never text that users or models wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | string[] | undefined>>;

export interface SpanStart {
  readonly kind: SpanKind;
  /** The W3C trace context that it continues; without one, a trace begins. It has been read, so it is well formed. */
  readonly parent?: string | undefined;
  /** Trace contexts that it has to do with and does not continue. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
  /** Milliseconds since 1970; now where absent. */
  readonly startMs?: number;
}

/** Something that takes time, as part of a trace. */
export interface TraceSpan {
  /** The W3C trace context by which others continue it. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** Marks it as failed; `type` is a code, not a message. */
  fail(type: string): void;
  end(): void;
}

export interface Tracing {
  /** Undefined where tracing is off: then nothing is made. */
  start(name: string, start: SpanStart): TraceSpan | undefined;
  /** Sends what waits. */
  close(): Promise<void>;
}

export interface TracingSettings {
  /** Base address of an OTLP receiver that speaks HTTP; without one, tracing is off. */
  readonly endpoint: string | undefined;
  /** Share of the traces that begin here; a trace that a caller began is recorded where the caller records it. */
  readonly sampleRatio: number;
  readonly service: string;
  readonly onError: (message: string) => void;
}

/** Tracing that is off. */
export const noTracing: Tracing = { start: () => undefined, close: async () => undefined };

/** OpenTelemetry's SDK is loaded where an endpoint is named, and else no part of it. */
export const openTracing = async (settings: TracingSettings): Promise<Tracing> => {
  const { endpoint } = settings;
  if (endpoint === undefined) return noTracing;
  const { OtlpTracing } = await import('./otlp-tracing.js');
  return new OtlpTracing({ ...settings, endpoint });
};
