import { describe, expect, it } from '@jest/globals';
import { parseProviders, ProviderConfigError } from './provider-config.js';

describe('parseProviders', () => {
  it('reads an array and an object alike, with defaults', () => {
    const expected = [{ name: 'a', baseUrl: 'http://localhost:1/v1', timeoutMs: 30_000, maxConcurrency: 64 }];
    expect(parseProviders('[{"name":"a","baseUrl":"http://localhost:1/v1"}]')).toEqual(expected);
    expect(parseProviders('{"a":{"baseUrl":"http://localhost:1/v1"}}')).toEqual(expected);
    expect(parseProviders(' ')).toEqual([]);
  });

  it.each([
    ['not json', /is not JSON/u],
    ['[{"name":"a"}]', /0\.baseUrl/u],
    ['[{"name":"a","baseUrl":"ftp://x"}]', /0\.baseUrl: give an http or https URL/u],
    ['{"a":{"baseUrl":"http://x","timeoutMs":0}}', /a\.timeoutMs/u],
    ['[{"name":"a","baseUrl":"http://x","baseurl":"http://y"}]', /baseurl/u],
    ['[{"name":"a","baseUrl":"http://x"},{"name":"a","baseUrl":"http://y"}]', /"a" twice/u],
  ])('refuses %s and says what is wrong', (json, message) => {
    expect(() => parseProviders(json)).toThrow(ProviderConfigError);
    expect(() => parseProviders(json)).toThrow(message);
  });

  it('never repeats a key', () => {
    expect(() => parseProviders('[{"name":"a","baseUrl":"x","apiKey":"secret"}]')).not.toThrow(/secret/u);
  });
});
