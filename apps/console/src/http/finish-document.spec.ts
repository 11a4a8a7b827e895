import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { finishedDocument } from './finish-document.js';

const answers = { 200: { description: 'd', content: { 'text/csv': { schema: {} } } }, '4XX': { description: 'd', content: { 'text/csv': { schema: { type: 'object' as const } } } } };
const document = (): OpenAPIObject => structuredClone({ openapi: '3.0.0', info: { title: 't', version: '1' }, paths: { '/api/a': { get: { responses: answers }, post: { responses: { 200: { description: 'd' } } } }, '/metrics': { get: { responses: {} } } } });

describe('the document of the API', () => {
  it('has problems as what they are sent as, and leaves good answers alone', () => {
    const { get } = finishedDocument(document()).paths['/api/a'] ?? {};
    expect(get?.responses).toEqual({ 200: answers[200], '4XX': { description: 'd', content: { 'application/problem+json': { schema: { type: 'object' } } } } });
  });

  it('has the API alone', () => {
    expect(Object.keys(finishedDocument(document()).paths)).toEqual(['/api/a']);
  });
});
