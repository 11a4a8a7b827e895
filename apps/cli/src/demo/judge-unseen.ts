import { sameAnswer } from '@ratchet/domain';
import { Pool } from 'undici';
import type { SuiteItem } from './plan.js';

export interface Accuracy {
  readonly right: number;
  readonly n: number;
}

export interface UnseenAccuracy {
  readonly overall: Accuracy;
  readonly byDomain: Readonly<Record<string, Accuracy>>;
}

const IN_FLIGHT = 24;

/** Asks the model itself, past the gateway: these texts must never become traffic. */
export const judgeUnseen = async ({ baseUrl, model, items }: { baseUrl: string; model: string; items: readonly SuiteItem[] }): Promise<UnseenAccuracy> => {
  const url = new URL(baseUrl);
  const pool = new Pool(url.origin, { connections: IN_FLIGHT });
  const right = new Map<string, Accuracy>();
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item; item = queue.pop()) {
      const reply = await ask(pool, `${url.pathname}/chat/completions`, model, item.input);
      const { right: r, n } = right.get(item.category) ?? { right: 0, n: 0 };
      right.set(item.category, { right: r + (sameAnswer(reply, item.output) ? 1 : 0), n: n + 1 });
    }
  };
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  } finally {
    await pool.close();
  }
  const byDomain = Object.fromEntries([...right].sort(([a], [b]) => (a < b ? -1 : 1)));
  const overall = Object.values(byDomain).reduce((sum, part) => ({ right: sum.right + part.right, n: sum.n + part.n }), { right: 0, n: 0 });
  return { overall, byDomain };
};

const ask = async (pool: Pool, path: string, model: string, text: string): Promise<string> => {
  const { statusCode, body } = await pool.request({
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
  });
  if (statusCode !== 200) throw new Error(`the model server answered ${statusCode}: ${(await body.text()).slice(0, 200)}`);
  const answer = (await body.json()) as { choices: { message: { content: string } }[] };
  return answer.choices[0]?.message.content ?? '';
};

export const shareOf = ({ right, n }: Accuracy): number => (n === 0 ? 0 : right / n);
