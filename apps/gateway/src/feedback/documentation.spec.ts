// The examples of the documentation are tried: requests give the answers that stand behind them, and settings are settings.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redactor } from '@ratchet/redaction';
import { openGatewayUnderTest, type GatewayUnderTest } from '../http/gateway-under-test.js';
import { privacySchema } from '../privacy/privacy-policy.js';

const page = (path: string): string => readFileSync(new URL(`../../../../docs/${path}`, import.meta.url), 'utf8');
const blocksOf = (text: string, info: string): string[] => [...text.matchAll(new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\``, 'gmu'))].map(([, block]) => block ?? '');
const settingOf = (text: string, name: string): object => JSON.parse(blocksOf(text, `json ${name}`)[0] ?? '') as object;

const feedbackPage = page('concepts/feedback.md');
const privacyPage = page('operating/privacy.md');

interface Exchange {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: object;
  readonly status: number;
  readonly answer: Record<string, unknown>;
}

const exchangesOf = (blocks: readonly string[]): Exchange[] =>
  blocks.flatMap((block, i): Exchange[] => {
    if (i % 2 === 1) return [];
    const [head = '', body = ''] = block.split('\n\n');
    const [line = '', ...headers] = head.split('\n');
    const [status = '', answer = ''] = (blocks[i + 1] ?? '').split('\n\n');
    return [{ url: line.replace('POST ', ''), headers: Object.fromEntries(headers.map((header) => header.split(': ') as [string, string])), payload: JSON.parse(body) as object, status: Number(status), answer: JSON.parse(answer) as Record<string, unknown> }];
  });

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await openGatewayUnderTest({ feedback: { metrics: settingOf(feedbackPage, 'FEEDBACK_METRICS') } });
});
afterEach(() => gateway.finish());

describe('docs/concepts/feedback.md', () => {
  it('shows what is answered', async () => {
    const exchanges = exchangesOf(blocksOf(feedbackPage, 'http'));
    expect(exchanges.length).toBeGreaterThanOrEqual(10);
    for (const { url, headers, payload, status, answer } of exchanges) {
      const response = await gateway.server.inject({ method: 'POST', url, payload, headers });
      const isNew = answer['feedback_id'] !== undefined;
      expect([url, response.statusCode, isNew ? Object.keys(response.json() as object) : response.json()]).toEqual([url, status, isNew ? Object.keys(answer) : answer]);
    }
  });
});

describe('docs/operating/privacy.md', () => {
  const setting = settingOf(privacyPage, 'PRIVACY');

  it('shows a setting that is one', () => {
    expect(privacySchema.parse(setting)).toMatchObject({ workloads: { support: { recordShare: 0.25 }, health: { content: 'none' } } });
  });

  it('shows what is recorded of texts', () => {
    const rows = [...privacyPage.matchAll(/^\| `([^`]+)` \| `([^`]*\[[^`]*)` \|$/gmu)].map(([, text, recorded]) => [text, recorded] as const);
    expect(rows.length).toBeGreaterThanOrEqual(3);
    const redactor = new Redactor(privacySchema.parse(setting));
    for (const [text = '', recorded] of rows) expect(redactor.redact(text)).toBe(recorded);
  });
});
