export { customPatternSchema, phoneCountrySchema, redactionKindSchema, type CustomPattern, type RedactionKind, type RedactionRules } from './redaction-rules.js';
export { Redactor, type OnRedacted } from './redactor.js';
