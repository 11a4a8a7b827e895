import type { AcceptedAnswer, FixFailure, FixMaterial } from '../fix-material.js';

export const failure = (id: string, change: Partial<FixFailure> = {}): FixFailure => ({
  interactionId: id, conversationId: `c-${id}`, userId: `u-${id}`, query: `What is the late fee for plan ${id}?`, response: 'The late fee is 3 EUR.', signals: ['thumbs_down'], startedAtMs: 0, comments: [], ...change,
});

export const answer = (id: string, change: Partial<AcceptedAnswer> = {}): AcceptedAnswer => ({
  request: `What is the late fee for plan ${id}?`, answer: 'The late fee is 12.50 EUR.', failedReply: 'The late fee is 3 EUR.', source: 'user_correction', confidence: 0.8, interactionIds: [id], acceptedBy: '3 users agree', ...change,
});

export const material = (change: Partial<FixMaterial> = {}): FixMaterial => ({
  target: { model: 'm', workload: 'w' }, opportunityId: 'o', rootCauseReason: 'corrections change facts', bundle: { provider: { name: 'p', model: 'x' } }, failures: [], accepted: [],
  heading: '## How to answer about late fees', writer: undefined, limits: { inputCharsMax: 2_000, outputCharsMax: 4_000, teacherConfidenceMin: 0.7 }, ...change,
});
