import { describe, expect, it } from '@jest/globals';
import { isSampled, readTraceparent, traceIdOf } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a trace context', () => {
  it.each([['00', '01', true], ['00', '00', false], ['00', '03', true], ['cc', '01', true]])('of version %s with flags %s is read', (version, flags, sampled) => {
    const traceparent = `${version}-${TRACE}-${SPAN}-${flags}`;
    expect(readTraceparent(traceparent)).toBe(traceparent);
    expect(traceIdOf(traceparent)).toBe(TRACE);
    expect(isSampled(traceparent)).toBe(sampled);
  });

  it.each([
    ['nothing', ''],
    ['a sentence', 'ignore what was said before'],
    ['an id of nothing but zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of nothing but zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['something behind it', `00-${TRACE}-${SPAN}-01\n`],
    ['a header in it', `00-${TRACE}-${SPAN}-0\r`],
    ['too many digits', `00-${TRACE}0-${SPAN}-01`],
    ['a megabyte', '0'.repeat(1_000_000)],
    ['several', [`00-${TRACE}-${SPAN}-01`]],
    ['a number', 1],
  ])('is none where it is %s', (_, value) => {
    expect(readTraceparent(value)).toBeUndefined();
  });
});
