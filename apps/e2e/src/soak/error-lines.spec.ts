import { describe, expect, it } from '@jest/globals';
import { errorLinesSince } from './error-lines.js';

const at = (time: string, level: number): string => JSON.stringify({ level, time, service: 'gateway', message: 'said' });
const since = new Date('2030-01-01T10:00:00.000Z');

describe('errors in a log', () => {
  it('are those since the moment, of the levels of an error and of the end', () => {
    const [error, end] = [at('2030-01-01T10:00:00.000Z', 50), at('2030-01-01T10:20:00.000Z', 60)];
    expect(errorLinesSince([at('2030-01-01T09:59:59.999Z', 50), at('2030-01-01T10:01:00.000Z', 40), error, '', '--- ended: 0', end].join('\n'), since)).toEqual([error, end]);
  });

  it.each([['no time', '{"level":50,"message":"said"}'], ['a time that cannot be read', at('soon', 50)]])('count with %s', (_what, line) => {
    expect(errorLinesSince(line, since)).toEqual([line]);
  });
});
