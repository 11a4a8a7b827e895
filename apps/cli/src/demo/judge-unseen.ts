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
  /** By domain: ids of the items that were answered rightly, so that two versions can be compared item by item. */
  readonly rightItems: Readonly<Record<string, readonly string[]>>;
}

const IN_FLIGHT = 24;

/** Asks the model itself, past the gateway: these texts must never become traffic. */
export const judgeUnseen = async ({ baseUrl, model, items }: { baseUrl: string; model: string; items: readonly SuiteItem[] }): Promise<UnseenAccuracy> => {
  const url = new URL(baseUrl);
  const pool = new Pool(url.origin, { connections: IN_FLIGHT });
  const judged = new Map<string, { right: string[]; n: number }>();
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item; item = queue.pop()) {
      const reply = await ask(pool, `${url.pathname}/chat/completions`, model, item.input);
      const domain = judged.get(item.category) ?? { right: [], n: 0 };
      judged.set(item.category, domain);
      domain.n += 1;
      if (sameAnswer(reply, item.output)) domain.right.push(item.id);
    }
  };
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  } finally {
    await pool.close();
  }
  const domains = [...judged].sort(([a], [b]) => (a < b ? -1 : 1));
  const byDomain = Object.fromEntries(domains.map(([domain, { right, n }]) => [domain, { right: right.length, n }]));
  const rightItems = Object.fromEntries(domains.map(([domain, { right }]) => [domain, right.sort()]));
  const overall = Object.values(byDomain).reduce((sum, part) => ({ right: sum.right + part.right, n: sum.n + part.n }), { right: 0, n: 0 });
  return { overall, byDomain, rightItems };
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
