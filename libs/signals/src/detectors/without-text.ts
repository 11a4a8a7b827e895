import type { Evidence } from '@ratchet/domain';
import type { Detected } from './detector.js';

/** Words of the evidence that are names, ids and times of ours or of the declaration, never what somebody wrote. */
const NOT_WRITTEN = new Set(['feedbackId', 'replaces', 'source', 'metric', 'better', 'reasons', 'embedding', 'term', 'type', 'assignedVersion', 'answeredBy', 'handoffRequestedAt']);

/** A signal with what was concluded, and without anything that a person or a model wrote. */
export const withoutText = <Signal extends Detected>({ correction: _correction, comment: _comment, ...signal }: Signal): Omit<Signal, 'correction' | 'comment'> => ({ ...signal, evidence: withoutQuotes(signal.evidence) });

const withoutQuotes = (evidence: Evidence): Evidence => Object.fromEntries(Object.entries(evidence).filter(([key, value]) => typeof value !== 'string' || NOT_WRITTEN.has(key)));
