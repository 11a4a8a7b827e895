import { describe, expect, it } from '@jest/globals';
import { dollars, duration, measured, shortNumber, versionPath } from './format';

describe('figures', () => {
  it('are given as value ± half-width (n), as far as they are known', () => {
    expect(measured({ value: 0.123456, halfWidth: 0.0345, n: 200 })).toBe('0.1235 ± 0.0345 (200)');
    expect(measured({ value: -2, halfWidth: null, n: 3 })).toBe('-2 (3)');
    expect(measured({ value: null, halfWidth: null, n: 0 })).toBe('not measured (0)');
  });

  it('are short', () => {
    expect([0, 12_345.678, 0.00001234, 2.5e9].map(shortNumber)).toEqual(['0', '12350', '1.23e-5', '2.50e+9']);
    expect([null, 0, 0.0042, 12.3].map(dollars)).toEqual(['–', '$0.00', '$0.0042', '$12.30']);
    expect([null, 2.5, 125, 7_500].map(duration)).toEqual(['–', '2.5 s', '2 min 5 s', '2 h 5 min']);
  });

  it('name a version in a path, whatever its model is called', () => {
    expect(versionPath({ model: 'team/assistant', workload: 'a b', version: 'v1?' })).toBe('/versions/team%2Fassistant/a%20b/v1%3F');
  });
});
