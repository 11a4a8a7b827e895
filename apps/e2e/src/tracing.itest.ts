// Goal: a request's trace leads from its caller through the gateway and Kafka to the signal about it, and without a receiver there is no trace
// of tracing. Method: the built gateway and signal-detector as processes, a provider and an OTLP receiver as doubles in this one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeEvent, topicCatalogue, topics, type EventEnvelope } from '@ratchet/contracts';
import { routingChanged, versionPublished } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import { Logger, newEventId } from '@ratchet/observability';
import { ChaosStack } from './chaos/chaos-stack.js';
import { eventually, kafkaBrokers, readAll, startTestProcess, uniqueName, type TestProcess } from '@ratchet/testing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const SECRET = 'the lamp in my bedroom at Quince Street';
const ANSWER = 'Unscrew the shade of marigold first.';

interface OtlpSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly links?: readonly { readonly spanId: string }[];
}

const model = uniqueName('traced');
const folder = mkdtempSync(join(tmpdir(), 'ratchet-tracing-'));
const spans: OtlpSpan[] = [];
const bodies: string[] = [];
const providerTraces: (string | undefined)[] = [];
const stack = new ChaosStack(join(folder, 'stack'), () => undefined);
let producer: EventProducer;
const processes: TestProcess[] = [];
const servers: Server[] = [];

const listen = async (answer: (body: string, headers: Record<string, unknown>) => object): Promise<string> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(Buffer.concat(chunks).toString(), request.headers))));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const receive = (body: string): object => {
  bodies.push(body);
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: { resource: { attributes: { key: string; value: { stringValue: string } }[] }; scopeSpans: { spans: Omit<OtlpSpan, 'service'>[] }[] }[] };
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    for (const { spans: sent } of scopeSpans) spans.push(...sent.map((span) => ({ ...span, service })));
  }
  return {};
};

const start = (app: string, env: Record<string, string>): TestProcess => {
  const script = fileURLToPath(new URL(`../../${app}/dist/main.js`, import.meta.url));
  const started = startTestProcess({ script, env: { KAFKA_BROKERS: kafkaBrokers().join(','), HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', ...env } });
  processes.push(started);
  return started;
};

const urlOf = async (gateway: TestProcess): Promise<string> => (await gateway.said(/"address":"(http:[^"]+)"/))[1] ?? '';

const ask = async (url: string, { conversation, traceparent }: { conversation: string; traceparent?: string }): Promise<string> => {
  const headers = { 'content-type': 'application/json', 'x-ratchet-conversation': conversation, ...(traceparent !== undefined && { traceparent }) };
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: `How do I mend ${SECRET}?` }] });
  return eventually(
    async () => {
      const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return response.headers.get('x-ratchet-interaction') ?? '';
    },
    { withinMs: 30_000 },
  );
};

const eventsOf = async (topic: string, conversation: string, least: number): Promise<EventEnvelope[]> =>
  eventually(
    async () => {
      const events = (await readAll(topic)).flatMap((record) => {
        const decoded = decodeMessage({ value: record.value, headers: record.headers }, topic);
        return decoded.ok && (decoded.event.data as { conversationId?: string }).conversationId === conversation ? [decoded.event] : [];
      });
      if (events.length < least) throw new Error(`${events.length} events of ${conversation} in ${topic}`);
      return events;
    },
    { withinMs: 60_000 },
  );

let provider = '';
let receiver = '';

const startGateway = (name: string, env: Record<string, string>): TestProcess =>
  start('gateway', { GATEWAY_DATA_DIR: join(folder, name), PROVIDERS: JSON.stringify({ double: { baseUrl: `${provider}/v1` } }), ...env });

const complain = async (url: string, conversation: string, interactionId: string): Promise<void> => {
  const feedback = { feedbackId: newEventId(), conversationId: conversation, interactionId, name: 'thumbs', value: false };
  expect((await fetch(`${url}/v1/feedback`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(feedback) })).status).toBe(202);
};

beforeAll(async () => {
  await stack.start();
  process.env['KAFKA_BROKERS'] = stack.brokers.join(',');
  const kafka = createKafka({ brokers: stack.brokers, clientId: 'tracing-itest' }, Logger.silent());
  producer = new EventProducer(kafka);
  await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: ['signal-detector'] });
  provider = await listen((_, headers) => {
    providerTraces.push(headers['traceparent'] as string | undefined);
    return { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }], usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } };
  });
  receiver = await listen(receive);
  const target = { model, workload: 'default' };
  const time = new Date().toISOString();
  const events = [
    { type: versionPublished.type, data: { versionId: `${model}-1`, ...target, ordinal: 1, bundle: { provider: { name: 'double', model: 'm' } }, contentHash: 'h', publishedAt: time } },
    { type: routingChanged.type, data: { ...target, revision: 1, champion: `${model}-1`, share: 0, stage: 0, salt: 's', stickTo: 'conversation', changedAt: time } },
  ];
  await producer.sendRecords(events.map((event) => encodeEvent({ id: newEventId(), source: '/itest', time, ...event })));
}, 180_000);

afterAll(async () => {
  await Promise.all(processes.map((process) => process.end('SIGTERM')));
  await producer.close();
  for (const server of servers) server.close();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Packages of OpenTelemetry, but for its API, which the library of the metrics loads, that a process has loaded once it has opened tracing. */
const loadedWith = (endpoint: string | undefined): string[] => {
  const script = `
    import { createRequire, registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve: (name, context, next) => { if (name.startsWith('@opentelemetry/') && name !== '@opentelemetry/api') seen.push(name); return next(name, context); } });
    const { openTracing } = await import(${JSON.stringify(fileURLToPath(new URL('../../../libs/observability/dist/index.js', import.meta.url)))});
    await openTracing({ endpoint: ${JSON.stringify(endpoint)}, sampleRatio: 1, service: 's', onError: () => {} });
    process.stdout.write(JSON.stringify(seen));
    process.exit(0);`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script.replaceAll('undefined', 'void 0')], { encoding: 'utf8', env })) as string[];
};

const chainOf = (id: string): string => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const cli = fileURLToPath(new URL('../../cli/bin/ratchet.mjs', import.meta.url));
  return execFileSync(process.execPath, [cli, 'trace', id, '--brokers', stack.brokers.join(',')], { encoding: 'utf8', env });
};

describe('tracing', () => {
  it('leads in one trace from the caller over gateway, provider and Kafka to the signal, and holds nothing of what was said', async () => {
    const conversation = uniqueName('conversation');
    const detector = start('signal-detector', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver, FETCH_WAIT_MS: '20', FETCH_BYTES_MIN: '1' });
    const url = await urlOf(startGateway('on', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver }));
    await detector.said(/partition assigned/, 90_000);
    const interactionId = await ask(url, { conversation, traceparent: `00-${TRACE}-${CALLER}-01` });
    await complain(url, conversation, interactionId);
    const [signal] = await eventsOf(topics.signals.name, conversation, 1);
    expect(signal?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    await eventually(async () => expect(spans.map(({ name }) => name)).toContain('detect thumbs_down'), { withinMs: 20_000 });

    const of = (name: string): OtlpSpan => {
      const found = spans.find((span) => span.name === name && span.traceId === TRACE);
      if (!found) throw new Error(`no span ${name} in the trace, only ${spans.map((span) => `${span.traceId} ${span.name}`).join(', ')}`);
      return found;
    };
    const [server, chat, create] = [of('POST /v1/chat/completions'), of('chat m'), of('create ratchet.interactions.v1')];
    const [process, detect] = [of('process ratchet.interactions.v1'), of('detect thumbs_down')];
    expect([server.parentSpanId, chat.parentSpanId, create.parentSpanId, process.parentSpanId, detect.parentSpanId]).toEqual([CALLER, server.spanId, server.spanId, create.spanId, create.spanId]);
    expect(signal?.traceparent).toContain(create.spanId);
    expect([server.service, chat.service, create.service, process.service, detect.service]).toEqual(['gateway', 'gateway', 'gateway', 'signal-detector', 'signal-detector']);
    const told = spans.find(({ spanId }) => spanId === detect.links?.[0]?.spanId);
    expect(told?.name).toBe('process ratchet.interactions.v1');
    expect(told?.traceId).not.toBe(TRACE);
    expect(providerTraces.at(-1)).toBe(`00-${TRACE}-${chat.spanId}-01`);
    for (const text of [SECRET, ANSWER]) expect(bodies.join('')).not.toContain(text);
    // From the trace, and from the signal in it, to what the loop makes of it.
    for (const id of [TRACE, signal?.id ?? '']) expect(chainOf(id)).toContain(`signal thumbs_down (strength 1.00) in interaction ${interactionId}`);
  });

  it('begins a trace of its own where a caller sends what is none', async () => {
    const conversation = uniqueName('hostile');
    const url = await urlOf(startGateway('hostile', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver }));
    await ask(url, { conversation, traceparent: `00-${'0'.repeat(32)}-${CALLER}-01` });
    const [event] = await eventsOf(topics.interactions.name, conversation, 1);
    expect(event?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(event?.traceparent).not.toContain('0'.repeat(32));
  });

  it('does not record what its caller does not record', async () => {
    const conversation = uniqueName('unsampled');
    const other = 'a'.repeat(32);
    const url = await urlOf(startGateway('unsampled', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver }));
    await ask(url, { conversation, traceparent: `00-${other}-${CALLER}-00` });
    const [event] = await eventsOf(topics.interactions.name, conversation, 1);
    expect(event?.traceparent).toMatch(new RegExp(`^00-${other}-[0-9a-f]{16}-00$`));
    await processes.at(-1)?.end('SIGTERM');
    expect(spans.filter(({ traceId }) => traceId === other)).toEqual([]);
  });

  it('is off without a receiver: no header, at the provider or in Kafka', async () => {
    const conversation = uniqueName('off');
    const gateway = startGateway('off', {});
    await ask(await urlOf(gateway), { conversation, traceparent: `00-${TRACE}-${CALLER}-01` });
    const [event] = await eventsOf(topics.interactions.name, conversation, 1);
    expect(event?.traceparent).toBeUndefined();
    expect(providerTraces.at(-1)).toBeUndefined();
  });

  it('loads nothing of its SDK without a receiver', () => {
    expect(loadedWith(undefined)).toEqual([]);
    expect(loadedWith('http://127.0.0.1:9')).toContain('@opentelemetry/sdk-trace');
  });
});
