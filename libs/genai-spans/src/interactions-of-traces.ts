import type { EventEnvelope } from '@ratchet/contracts';
import { instantOf, interactionCompleted, interactionSchema, type Interaction } from '@ratchet/domain';
import { Attributes, isObject, listOf } from './attributes.js';
import { contentOf } from './content.js';
import { attributesOf, conversationIdOf, costUsdOf, errorOf, finishReasonOf, modelOf, usageOf, userIdOf, versionOf, workloadOf } from './facts.js';
import { isLlmCall } from './llm-call.js';
import { readSpan, type SpanView } from './span-view.js';

/** A request to a language model that a span tells of. */
export interface SpanInteraction {
  readonly data: Interaction;
  /** W3C trace context of the span. */
  readonly traceparent: string;
}

export interface SpanProblem {
  /** Undefined where the span has no id that could be read. */
  readonly spanId: string | undefined;
  readonly message: string;
}

export interface MappedTraces {
  readonly interactions: readonly SpanInteraction[];
  /** Spans that are no requests to a language model. */
  readonly ignored: number;
  /** Requests to a language model, or what cannot be told from one, that no interaction could be made of. */
  readonly problems: readonly SpanProblem[];
}

export interface MappingOptions {
  /** Workload of a model's requests where the span names none. */
  readonly workloads?: Readonly<Record<string, string>>;
}

const DEFAULT_WORKLOAD = 'default';
const SOURCE = '/opentelemetry';

const timesOf = ({ startNs, endNs }: SpanView): { startedAt: string; latencyMs: number } | string => {
  if (startNs === undefined || endNs === undefined) return `${startNs === undefined ? 'startTimeUnixNano' : 'endTimeUnixNano'} is missing or no time`;
  // A clock that was set back while the request ran says nothing of how long it took.
  const latencyUs = endNs > startNs ? Number((endNs - startNs) / 1_000n) : 0;
  return { startedAt: instantOf(Number(startNs / 1_000_000n)), latencyMs: latencyUs / 1_000 };
};

const workloadIn = ({ workloads = {} }: MappingOptions, model: string): string => (Object.hasOwn(workloads, model) ? workloads[model] : undefined) ?? DEFAULT_WORKLOAD;

const interactionOf = (span: SpanView, options: MappingOptions): Interaction | string => {
  const model = modelOf(span);
  if (model === undefined) return 'it names no model (gen_ai.request.model)';
  const times = timesOf(span);
  if (typeof times === 'string') return times;
  const { input, output } = contentOf(span);
  const error = errorOf(span);
  const userId = userIdOf(span);
  const usage = usageOf(span);
  const costUsd = costUsdOf(span);
  const finishReason = finishReasonOf(span, output?.finishReason);
  // A request that failed has no answer; one that succeeded has one, if only unknown.
  const answered = output !== undefined || error === undefined;
  const candidate: Interaction = {
    interactionId: `${span.traceId}-${span.spanId}`,
    conversationId: conversationIdOf(span),
    ...(userId !== undefined && { userId }),
    workload: workloadOf(span) ?? workloadIn(options, model),
    model,
    version: versionOf(span, model),
    input: input === undefined ? [{ role: 'user', content: '' }] : [...input],
    output: answered ? { content: output?.content ?? '', ...(finishReason !== undefined && { finishReason }) } : null,
    ...(error && { error }),
    ...times,
    ...(usage && { usage }),
    ...(costUsd !== undefined && { costUsd }),
    attributes: attributesOf(span, { contentAbsent: answered && output === undefined }),
  };
  const checked = interactionSchema.safeParse(candidate);
  if (checked.success) return checked.data;
  return checked.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
};

interface Mapping {
  readonly interactions: SpanInteraction[];
  ignored: number;
  readonly problems: SpanProblem[];
}

const addSpan = (raw: unknown, { mapping, resource, options }: { mapping: Mapping; resource: Attributes; options: MappingOptions }): void => {
  const read = readSpan(raw, resource);
  if (!read.ok) {
    mapping.problems.push({ spanId: read.spanId, message: read.message });
    return;
  }
  const { span } = read;
  if (!isLlmCall(span)) {
    mapping.ignored += 1;
    return;
  }
  const data = interactionOf(span, options);
  if (typeof data === 'string') mapping.problems.push({ spanId: span.spanId, message: data });
  else mapping.interactions.push({ data, traceparent: `00-${span.traceId}-${span.spanId}-01` });
};

/**
 * An interaction for each span of a decoded OTLP trace request, `{resourceSpans: [...]}`, that is a request to a language model; never throws.
 * The interaction's id follows from the ids of trace and span, so that a repeat has the same.
 */
export const interactionsOfTraces = (request: unknown, options: MappingOptions = {}): MappedTraces => {
  const mapping: Mapping = { interactions: [], ignored: 0, problems: [] };
  if (!isObject(request)) return { ...mapping, problems: [{ spanId: undefined, message: 'a trace request is an object with resourceSpans' }] };
  for (const ofResource of listOf(request['resourceSpans'])) {
    if (!isObject(ofResource)) continue;
    const resource = Attributes.of(isObject(ofResource['resource']) ? ofResource['resource']['attributes'] : undefined);
    for (const ofScope of listOf(ofResource['scopeSpans'])) {
      for (const raw of listOf(isObject(ofScope) ? ofScope['spans'] : undefined)) {
        try {
          addSpan(raw, { mapping, resource, options });
        } catch (error) {
          // JSON that nests by the ten thousand levels can be read, but not be walked through.
          mapping.problems.push({ spanId: undefined, message: `cannot be read: ${error instanceof Error ? error.message : String(error)}` });
        }
      }
    }
  }
  return mapping;
};

/** The same for one line of an OTLP/JSON file, as the collector's file exporter writes it; a text is parsed first. */
export const interactionsOfOtlpJson = (line: unknown, options: MappingOptions = {}): MappedTraces => {
  if (typeof line !== 'string') return interactionsOfTraces(line, options);
  try {
    return interactionsOfTraces(JSON.parse(line), options);
  } catch {
    return { interactions: [], ignored: 0, problems: [{ spanId: undefined, message: 'the line is not JSON' }] };
  }
};

/** The event of an interaction, with an id that a repeat has, too. */
export const eventOfSpan = ({ data, traceparent }: SpanInteraction): EventEnvelope<Interaction> => ({
  id: data.interactionId,
  source: SOURCE,
  type: interactionCompleted.type,
  time: data.startedAt,
  traceparent,
  data,
});
