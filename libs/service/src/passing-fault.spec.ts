import { describe, expect, it } from '@jest/globals';
import { RatchetError } from '@ratchet/observability';
import { mayPass } from './passing-fault.js';

const coded = (code: string, message = 'm'): Error => Object.assign(new Error(message), { code });

describe('mayPass', () => {
  it.each<[string, unknown, boolean]>([
    ['a refused connection', coded('ECONNREFUSED'), true],
    ['a name that nobody resolves now', coded('EAI_AGAIN'), true],
    ['a deadlock', coded('40P01'), true],
    ['a database that shuts down', coded('57P01'), true],
    ['a broken connection without a code', new Error('Connection terminated unexpectedly'), true],
    ["a driver's error in another", Object.assign(new Error('query failed'), { driverError: { code: '08006' } }), true],
    ['an error of our own that passes', new RatchetError({ code: 'provider_away', message: 'away', retryable: true }), true],
    ['an error made of one that passes', new Error('could not be saved', { cause: coded('ECONNRESET') }), true],
    ['an error of our own made of one that passes', new RatchetError({ code: 'x', message: 'm', cause: coded('ETIMEDOUT') }), true],
    ['an error of our own that does not', new RatchetError({ code: 'provider_refused', message: 'refused' }), false],
    ['a mistake', new TypeError('cannot read this'), false],
    ['a row that breaks a rule', coded('23505', 'connection_id is not unique'), false],
    ['no error at all', undefined, false],
  ])('tells %s', (_, error, passes) => {
    expect(mayPass(error)).toBe(passes);
  });
});
