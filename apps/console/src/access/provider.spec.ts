import { describe, expect, it } from '@jest/globals';
import { addressOf } from './address.js';
import { pathWithin, readJourney } from './journey-cookie.js';
import { claimOf, roleOf } from './provider.js';

describe('claimOf', () => {
  it('finds a claim by its name, and by a path', () => {
    expect(claimOf({ groups: ['a'] }, 'groups')).toEqual(['a']);
    expect(claimOf({ realm_access: { roles: ['b'] } }, 'realm_access.roles')).toEqual(['b']);
    expect(claimOf({ 'https://example.com/roles': ['c'] }, 'https://example.com/roles')).toEqual(['c']);
    expect(claimOf({ groups: 'x' }, 'groups.length')).toBeUndefined();
    expect(claimOf({}, 'constructor.name')).toBeUndefined();
  });
});

describe('roleOf', () => {
  const map = { staff: 'viewer', chiefs: 'admin' } as const;
  it.each<[unknown, string | null]>([[['staff', 'chiefs'], 'admin'], ['staff', 'viewer'], [['others'], null], [undefined, null], [[7, null, {}], null], [['constructor', '__proto__'], null]])('of %j is %s', (value, role) => {
    expect(roleOf(value, map)).toBe(role);
  });
});

describe('addressOf', () => {
  const of = (said: string | undefined, proxies: number): string => addressOf({ headers: { ...(said !== undefined && { 'x-forwarded-for': said }) }, ip: '10.0.0.1' } as never, proxies);
  it('believes as many proxies as stand in front, and nobody else', () => {
    expect(of('6.6.6.6, 2.2.2.2', 0)).toBe('10.0.0.1');
    expect(of('6.6.6.6, 2.2.2.2', 1)).toBe('2.2.2.2');
    expect(of('6.6.6.6, 2.2.2.2', 2)).toBe('6.6.6.6');
    expect(of('2.2.2.2', 2)).toBe('10.0.0.1');
    expect(of(undefined, 1)).toBe('10.0.0.1');
    expect(of('<script>', 1)).toBe('10.0.0.1');
  });
});

describe('what a browser brings back', () => {
  it('is nothing where it is no journey, and leads nowhere else', () => {
    for (const text of [undefined, '', 'x', Buffer.from('null').toString('base64url'), Buffer.from('{"state":1}').toString('base64url')]) expect(readJourney(text)).toBeUndefined();
    const forged = { state: 's', nonce: 'n', verifier: 'v', to: '//evil.test' };
    expect(readJourney(Buffer.from(JSON.stringify(forged)).toString('base64url'))).toEqual({ ...forged, to: '/' });
    expect(pathWithin('/audit?x=1')).toBe('/audit?x=1');
  });
});
