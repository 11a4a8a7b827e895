import { afterEach, describe, expect, it } from '@jest/globals';
import { ScriptedTeacherServer, type TeacherScript } from '@ratchet/testing';
import { z } from 'zod';
import type { ProviderConfig } from '../config/provider-config.js';
import { OpenAiTeacherClient } from './teacher-client.js';

let server: ScriptedTeacherServer | undefined;
afterEach(() => server?.close());

const schema = z.object({ answer: z.string() });
const right = { value: { answer: 'Open Plan.' }, usage: { inputTokens: 10, outputTokens: 5 } };
const ask = async (script: TeacherScript, change: Partial<ProviderConfig> = {}, inputs: string[] = ['q']) => {
  server = await ScriptedTeacherServer.open(script);
  const provider: ProviderConfig = { name: 'wire', baseUrl: server.baseUrl, timeoutMs: 2_000, maxConcurrency: 4, ...change };
  const client = new OpenAiTeacherClient({ provider, model: 't', pauses: { firstPauseMs: 1, pauseMsMax: 3_000 } });
  return Promise.all(inputs.map((input) => client.ask({ instructions: 'Do.', input, schema, schemaName: 'correction' })));
};

describe('OpenAiTeacherClient', () => {
  it('tries again where the provider is busy, hangs up or fails', async () => {
    const [result] = await ask(({ times }) => [{ status: 503 }, { hangUp: true }, right][times - 1] ?? right);
    expect(result).toEqual({ value: { answer: 'Open Plan.' }, usage: { inputTokens: 10, outputTokens: 5 } });
    expect(server?.asked.length).toBeGreaterThanOrEqual(3);
  });

  it('comes again when a limit of the provider says so, and no earlier', async () => {
    await ask(({ times }) => (times === 1 ? { status: 429, retryAfterSeconds: 1 } : right));
    const [first, second] = server?.asked ?? [];
    expect((second?.receivedAtMs ?? 0) - (first?.receivedAtMs ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('does not ask a provider again that refuses', async () => {
    await expect(ask(() => ({ status: 401 }))).rejects.toMatchObject({ code: 'refused', status: 401 });
    expect(server?.asked).toHaveLength(1);
  });

  it('gives up after its tries, and no longer waits than it may', async () => {
    await expect(ask(() => ({ status: 500 }), { attempts: 2 })).rejects.toMatchObject({ code: 'bad_response', status: 500 });
    expect(server?.asked).toHaveLength(2);
    await server?.close();
    await expect(ask(() => ({ status: 429, retryAfterSeconds: 3_600 }))).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });
    expect(server?.asked).toHaveLength(1);
  });

  it('says what answers cost that could not be used', async () => {
    await expect(ask(() => ({ text: '{"answer": ', usage: { inputTokens: 10, outputTokens: 5 } }))).rejects.toMatchObject({ code: 'bad_response', usage: { inputTokens: 20, outputTokens: 10 } });
  });

  it('has no more calls under way than it may, and no more a minute', async () => {
    await ask(() => ({ ...right, afterMs: 10 }), { maxConcurrency: 2 }, ['a', 'b', 'c', 'd', 'e']);
    expect(server?.mostAtOnce).toBe(2);
    await server?.close();
    // From before the first call: a call may be long on its way, but none comes before it was sent.
    const sinceMs = Date.now();
    await ask(() => right, { requestsPerMinute: 1_200 }, ['a', 'b', 'c']);
    expect((server?.asked[2]?.receivedAtMs ?? 0) - sinceMs).toBeGreaterThanOrEqual(99);
  });
});
