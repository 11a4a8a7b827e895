export { interactionsOfTraces, interactionsOfOtlpJson, eventOfSpan, type SpanInteraction, type SpanProblem, type MappedTraces, type MappingOptions } from './interactions-of-traces.js';
export { CONTENT_ATTRIBUTE, CONTENT_ABSENT } from './facts.js';
