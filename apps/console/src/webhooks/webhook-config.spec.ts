import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config.js';
import { wants, type Webhook } from './webhook-config.js';

const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const usual = { name: 'platform', url: 'https://hooks.example.com/a-secret-path', secret };
const load = (webhooks: unknown): Webhook[] => loadConfig({ KAFKA_BROKERS: 'k:9092', DATABASE_URL: 'postgres://p/db', WEBHOOKS: typeof webhooks === 'string' ? webhooks : JSON.stringify(webhooks) }).WEBHOOKS;

describe('WEBHOOKS', () => {
  it('may be left out', () => {
    expect(loadConfig({ KAFKA_BROKERS: 'k:9092', DATABASE_URL: 'postgres://p/db' }).WEBHOOKS).toEqual([]);
  });

  it('tells of outcomes and alerts on all workloads where nothing else is said', () => {
    const [webhook] = load([usual]) as [Webhook];
    expect(webhook).toMatchObject({ secret: [secret], timeoutMs: 10_000 });
    expect(['ratchet.version.promoted', 'ratchet.version.rolledback', 'ratchet.experiment.concluded', 'ratchet.alert.raised', 'ratchet.alert.resolved'].every((type) => wants(webhook, type, 'any'))).toBe(true);
    expect(['ratchet.rollout.advanced', 'ratchet.experiment.updated'].some((type) => wants(webhook, type, 'any'))).toBe(false);
  });

  it('tells of the events and workloads that are named, and of no others', () => {
    const [webhook] = load([{ ...usual, events: ['ratchet.rollout.advanced'], workloads: ['support'] }]) as [Webhook];
    expect([wants(webhook, 'ratchet.rollout.advanced', 'support'), wants(webhook, 'ratchet.rollout.advanced', 'sales'), wants(webhook, 'ratchet.version.promoted', 'support')]).toEqual([true, false, false]);
  });

  it.each([
    ['https', usual.url],
    ['http on this machine', 'http://localhost:3000/hook'],
    ['http on this machine by number', 'http://127.0.0.1:3000'],
    ['http on this machine by IPv6', 'http://[::1]:3000'],
  ])('takes %s', (_, url) => {
    expect(load([{ ...usual, url }])[0]?.url).toBe(url);
  });

  it('takes http to another machine where that is allowed', () => {
    expect(load([{ ...usual, url: 'http://receiver.tools.svc', allowHttp: true }])).toHaveLength(1);
  });

  it('takes two secrets while one takes the place of the other', () => {
    expect(load([{ ...usual, secret: [secret, secret] }])[0]?.secret).toHaveLength(2);
  });

  it.each<[string, unknown, RegExp]>([
    ['what is not JSON', '[{', /WEBHOOKS: is neither JSON nor/],
    ['http to another machine', [{ ...usual, url: 'http://hooks.example.com/a-secret-path' }], /WEBHOOKS\.0\.url: must be https/],
    ['a name that only looks like this machine', [{ ...usual, url: 'http://127.0.0.1.example.com' }], /must be https/],
    ['another protocol', [{ ...usual, url: 'file:///etc/passwd' }], /WEBHOOKS\.0\.url: must be an https URL/],
    ['a password in the address', [{ ...usual, url: 'https://ana:pass@hooks.example.com' }], /no name and password/],
    ['a short secret', [{ ...usual, secret: 'whsec_c2hvcnQ=' }], /24 to 64/],
    ['a secret of another form', [{ ...usual, secret: 'a-secret-path-of-24-bytes-and-more' }], /whsec_/],
    ['an event that is not sent', [{ ...usual, events: ['ratchet.interaction.completed'] }], /WEBHOOKS\.0\.events\.0/],
    ['a name twice', [usual, usual], /names must differ/],
    ['a misspelt field', [{ ...usual, workload: ['a-secret-path'] }], /workload/],
  ])('refuses %s, and shows no value', (_, webhooks, message) => {
    expect(() => load(webhooks)).toThrow(message);
    expect(() => load(webhooks)).not.toThrow(/a-secret-path|pass@/);
  });
});
