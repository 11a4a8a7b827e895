import { describe, expect, it } from '@jest/globals';
import { noTracing, openTracing } from './tracing.js';

const settings = { sampleRatio: 1, service: 'spec', onError: () => undefined };
const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

describe('tracing', () => {
  it('is off without a receiver', async () => {
    expect(await openTracing({ ...settings, endpoint: undefined })).toBe(noTracing);
    expect(noTracing.start('x', { kind: 'server' })).toBeUndefined();
  });

  it('continues a trace as its caller records it, and begins one by its own share', async () => {
    const none = await openTracing({ ...settings, endpoint: 'http://127.0.0.1:9', sampleRatio: 0 });
    expect(none.start('x', { kind: 'server' })?.traceparent).toMatch(/-00$/);
    expect(none.start('x', { kind: 'server', parent: `${PARENT}-01` })?.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    const all = await openTracing({ ...settings, endpoint: 'http://127.0.0.1:9' });
    expect(all.start('x', { kind: 'server' })?.traceparent).toMatch(/-01$/);
    // Nobody records it, so that it is handed on as it came.
    expect(all.start('x', { kind: 'server', parent: `${PARENT}-00` })?.traceparent).toBe(`${PARENT}-00`);
    await Promise.all([none.close(), all.close()]);
  });
});
