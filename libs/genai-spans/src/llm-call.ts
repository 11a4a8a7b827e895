import type { SpanView } from './span-view.js';

/** What `gen_ai.operation.name` calls a request to a model that answers in words. */
const operations: ReadonlySet<string> = new Set(['chat', 'text_completion', 'generate_content', 'completion']);

/**
 * Whether a span is one request to a language model. Spans of agents, chains, tools, retrievals and embeddings are not, nor is the span
 * around a whole `generateText` of the AI SDK: the requests inside it have spans of their own, and would be counted twice.
 */
export const isLlmCall = ({ attributes, name }: SpanView): boolean => {
  const operation = attributes.text('ai.operationId');
  if (operation?.startsWith('ai.') === true) return /\.do(?:Generate|Stream)$/u.test(operation);
  const kind = attributes.text('openinference.span.kind');
  if (kind !== undefined) return kind.toUpperCase() === 'LLM';
  const observation = attributes.text('langfuse.observation.type');
  if (observation !== undefined) return observation.toLowerCase() === 'generation';
  const genAi = attributes.text('gen_ai.operation.name');
  if (genAi !== undefined) return operations.has(genAi.toLowerCase());
  if (attributes.has('traceloop.span.kind')) return false;
  const request = attributes.text('llm.request.type');
  if (request !== undefined) return operations.has(request.toLowerCase());
  // The first versions of the conventions had no name for the operation.
  const named = attributes.has('gen_ai.system') || attributes.has('gen_ai.provider.name');
  return named && (attributes.has('gen_ai.request.model') || attributes.has('gen_ai.response.model')) && !/embed/iu.test(name);
};
