import { describe, expect, it } from '@jest/globals';
import { lagOf } from '@ratchet/kafka';
import { describeStatus, faultsOf } from './status-report.js';

const ends = [
  { partition: 0, low: 0n, high: 100n },
  { partition: 1, low: 40n, high: 60n },
];

describe('lagOf', () => {
  it('counts from the position to the end', () => {
    expect(lagOf([{ partition: 0, offset: 90n }, { partition: 1, offset: 60n }], ends)).toBe(10);
  });

  it('counts from what the log still holds where there is no position, or an older one', () => {
    expect(lagOf([{ partition: 0, offset: -1n }, { partition: 1, offset: 3n }], ends)).toBe(120);
    expect(lagOf([], ends)).toBe(120);
  });
});

describe('the status report', () => {
  const group = { service: 'analyzer', members: 1, state: 'Stable', topics: [{ topic: 'ratchet.signals.v1', lag: 7 }] };
  const service = { service: 'gateway', url: 'http://127.0.0.1:1', ready: true };

  it('finds no fault in lag alone', () => {
    expect(faultsOf({ services: [service], groups: [group] })).toEqual([]);
  });

  it('names a service that is not ready, and one that nobody reads for', () => {
    const faults = faultsOf({ services: [{ ...service, ready: false, detail: 'does not answer' }], groups: [{ ...group, members: 0 }] });
    expect(faults).toEqual(['gateway is not ready: does not answer', 'nobody reads for analyzer: its consumer group has no member']);
  });

  it('shows people lag, dead letters and who is served', () => {
    const text = describeStatus({
      ok: true, kafkaBrokers: ['k:1'], console: 'http://c', services: [service], groups: [group],
      deadLetters: [{ topic: 'ratchet.signals.v1', service: 'analyzer', code: 'not_json', records: 2, pending: 1 }],
      routing: [{ model: 'm', workload: 'w', revision: 3, champion: 'v1', candidate: 'v2', share: 0.05, stage: 1, salt: 's', stickTo: 'conversation', changedAt: '2026-01-01T00:00:00Z' }],
    });
    for (const part of ['http://c', 'ratchet.signals.v1', 'not_json', 'm/w', '5 % (stage 1)']) expect(text).toContain(part);
    expect(text).not.toContain('DOWN');
  });
});
