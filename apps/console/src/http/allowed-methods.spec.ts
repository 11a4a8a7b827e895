import { describe, expect, it } from '@jest/globals';
import { allowedMethods } from './allowed-methods.js';

const operation = { responses: {} };
const paths = { '/api/a': { get: operation, post: operation }, '/api/a/{id}': { delete: operation }, '/api/{kind}/all': { get: operation } };

describe('what may be done at a path', () => {
  it.each([
    ['/api/a', ['GET', 'POST']],
    ['/api/a/7', ['DELETE']],
    ['/api/a/all', ['GET', 'DELETE']],
    ['/api/a/7/more', []],
    ['/api', []],
  ])('%s', (path, allowed) => {
    expect(allowedMethods({ paths }, path)).toEqual(allowed);
  });
});
