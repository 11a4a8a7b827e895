import { afterEach, describe, expect, it } from '@jest/globals';
import { ScriptedTeacherServer, type TeacherScript } from './scripted-teacher-server.js';

let server: ScriptedTeacherServer | undefined;
afterEach(() => server?.close());

const open = async (script: TeacherScript): Promise<ScriptedTeacherServer> => (server = await ScriptedTeacherServer.open(script));
const ask = (at: ScriptedTeacherServer, input: unknown, signal?: AbortSignal): Promise<Response> =>
  fetch(`${at.baseUrl}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'system', content: 'Do.' }, { role: 'user', content: JSON.stringify(input) }], response_format: { type: 'json_schema', json_schema: { name: 'correction' } } }),
    ...(signal && { signal }),
  });

describe('ScriptedTeacherServer', () => {
  it('answers by the script in the shape of a chat completion, and counts what is charged', async () => {
    const at = await open(({ kind, input, times }) => ({ value: { kind, input, times }, usage: { inputTokens: 7, outputTokens: 3 } }));
    const body = (await (await ask(at, { request: 'q' })).json()) as { choices: { message: { content: string } }[]; usage: object };
    expect(JSON.parse(body.choices[0]?.message.content ?? '')).toEqual({ kind: 'correction', input: { request: 'q' }, times: 1 });
    expect(body.usage).toEqual({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
    await ask(at, { request: 'q' });
    await ask(at, { request: 'another' });
    expect([...at.chargedTimes().values()].sort()).toEqual([1, 2]);
  });

  it('fails as it is told to, and charges nothing for that', async () => {
    const at = await open(({ times }) => (times === 1 ? { status: 429, retryAfterSeconds: 2 } : times === 2 ? { text: '{"answer": ' } : { hangUp: true }));
    const limited = await ask(at, 'q');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    expect(at.charged).toHaveLength(0);
    expect(((await (await ask(at, 'q')).json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content).toBe('{"answer": ');
    await expect(ask(at, 'q')).rejects.toThrow();
    expect([at.asked.length, at.charged.length]).toEqual([3, 1]);
  });

  it('knows how many requests were under way at once, and drops those whose client left', async () => {
    const at = await open(() => ({ afterMs: 60, value: {} }));
    await Promise.all([ask(at, 1), ask(at, 2), ask(at, 3)]);
    expect(at.mostAtOnce).toBe(3);
    await expect(ask(at, 4, AbortSignal.timeout(10))).rejects.toThrow();
    await ask(at, 5);
    expect(at.charged).toHaveLength(4);
  });
});
