// What is loaded shows only in a process of its own: here, Jest has loaded both.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { noTracing, openTracing } from './tracing.js';

const settings = { sampleRatio: 1, service: 'spec', onError: () => undefined };
const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

/** Packages of OpenTelemetry, but for its API, which the library of the metrics loads, that a process has loaded once it has opened tracing. */
const loadedWith = (endpoint: string | undefined): string[] => {
  const script = `
    import { createRequire, registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve: (name, context, next) => { if (name.startsWith('@opentelemetry/') && name !== '@opentelemetry/api') seen.push(name); return next(name, context); } });
    const { openTracing } = await import(${JSON.stringify(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))});
    await openTracing({ endpoint: ${JSON.stringify(endpoint)}, sampleRatio: 1, service: 's', onError: () => {} });
    process.stdout.write(JSON.stringify(seen));
    process.exit(0);`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script.replaceAll('undefined', 'void 0')], { encoding: 'utf8', env })) as string[];
};

describe('tracing', () => {
  it('is off without a receiver, and then loads nothing of its SDK', async () => {
    expect(await openTracing({ ...settings, endpoint: undefined })).toBe(noTracing);
    expect(noTracing.start('x', { kind: 'server' })).toBeUndefined();
    expect(loadedWith(undefined)).toEqual([]);
    expect(loadedWith('http://127.0.0.1:9')).toContain('@opentelemetry/sdk-trace');
  });

  it('continues a trace as its caller records it, and begins one by its own share', async () => {
    const none = await openTracing({ ...settings, endpoint: 'http://127.0.0.1:9', sampleRatio: 0 });
    expect(none.start('x', { kind: 'server' })?.traceparent).toMatch(/-00$/);
    expect(none.start('x', { kind: 'server', parent: `${PARENT}-01` })?.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    const all = await openTracing({ ...settings, endpoint: 'http://127.0.0.1:9' });
    expect(all.start('x', { kind: 'server' })?.traceparent).toMatch(/-01$/);
    expect(all.start('x', { kind: 'server', parent: `${PARENT}-00` })?.traceparent).toMatch(/-00$/);
    await Promise.all([none.close(), all.close()]);
  });
});
