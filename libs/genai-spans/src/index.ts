export { interactionsOfTraces, interactionsOfOtlpJson, eventOfSpan, type SpanInteraction, type SpanProblem, type MappedTraces, type MappingOptions } from './interactions-of-traces.js';
