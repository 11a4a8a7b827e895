import { diag, DiagLogLevel, ROOT_CONTEXT, SpanKind as OtelKind, SpanStatusCode, trace, TraceFlags, type Context, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanAttributes, SpanKind, SpanStart, TraceSpan, Tracing, TracingSettings } from './tracing.js';

/** What waits for the receiver; beyond it, spans are dropped and services go on as if there were none. */
const WAITING_SPANS_MAX = 16_384;
const EXPORT_SPANS_MAX = 1_024;
const EXPORT_EVERY_MS = 1_000;
const CLOSE_WITHIN_MS = 3_000;
const ERROR_EVERY_MS = 60_000;

const kinds: Readonly<Record<SpanKind, OtelKind>> = { internal: OtelKind.INTERNAL, server: OtelKind.SERVER, client: OtelKind.CLIENT, producer: OtelKind.PRODUCER, consumer: OtelKind.CONSUMER };

const spanContextOf = (traceparent: string): SpanContext => {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
};

class OtlpSpan implements TraceSpan {
  readonly traceparent: string;

  constructor(private readonly span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? '01' : '00'}`;
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }
}

/** In a trace that nobody records: handed on as it came, for most requests are of this kind, and should pay for nothing else. */
const unrecorded = (traceparent: string): TraceSpan => ({ traceparent, set: () => undefined, fail: () => undefined, end: () => undefined });

/** Sends spans by OTLP over HTTP, in the background: a receiver that is slow or away costs spans and nothing else. */
export class OtlpTracing implements Tracing {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor({ endpoint, sampleRatio, service, onError }: TracingSettings & { readonly endpoint: string }) {
    reportErrors(onError);
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/u, '')}/v1/traces` });
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'ratchet' }),
      sampler: new ParentBasedSampler({ root: sampleRatio === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(sampleRatio) }),
      spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: WAITING_SPANS_MAX, maxExportBatchSize: EXPORT_SPANS_MAX, scheduledDelayMillis: EXPORT_EVERY_MS })],
    });
    this.tracer = this.provider.getTracer('ratchet');
  }

  start(name: string, { kind, parent, links = [], attributes = {}, startMs }: SpanStart): TraceSpan {
    const remote = parent === undefined ? undefined : spanContextOf(parent);
    if (parent !== undefined && remote?.traceFlags === TraceFlags.NONE) return unrecorded(parent);
    const context: Context = remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
    const span = this.tracer.startSpan(name, { kind: kinds[kind], attributes, links: links.map((link) => ({ context: spanContextOf(link) })), ...(startMs !== undefined && { startTime: startMs }) }, context);
    return new OtlpSpan(span);
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }
}

/** A receiver that is away fails every second: once a minute says as much. */
const reportErrors = (onError: (message: string) => void): void => {
  let nextMs = 0;
  const report = (message: string): void => {
    if (performance.now() < nextMs) return;
    nextMs = performance.now() + ERROR_EVERY_MS;
    onError(message.slice(0, 500));
  };
  const ignore = (): void => undefined;
  diag.setLogger({ error: report, warn: report, info: ignore, debug: ignore, verbose: ignore }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
};
