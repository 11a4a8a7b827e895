import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { conversationsConfigSchema } from './conversations-config.js';

describe('CONVERSATIONS', () => {
  it('keeps all turns by default', () => {
    expect(conversationsConfigSchema.parse({})).toEqual({ share: 1, turnsMax: 1_000_000, failuresMax: 100_000, failureDays: 90, workloads: {} });
  });

  it('is as its page shows it', () => {
    const page = readFileSync(new URL('../../../../docs/operating/console.md', import.meta.url), 'utf8');
    const [, example = ''] = /```json CONVERSATIONS\n(.*?)```/su.exec(page) ?? [];
    expect(conversationsConfigSchema.parse(JSON.parse(example))).toMatchObject({ share: 0.25, workloads: { health: { share: 0 } } });
  });

  it.each([{ share: 2 }, { shares: 1 }, { turnsMax: -1 }, { failuresMax: 0 }, { workloads: { w: { turnsMax: 1 } } }])('refuses %j', (value) => {
    expect(conversationsConfigSchema.safeParse(value).success).toBe(false);
  });
});
