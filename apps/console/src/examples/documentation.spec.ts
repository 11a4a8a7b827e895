// Goal: what docs/operating/promotions.md shows is what is sent.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { checkStructured } from '@ratchet/contracts';
import { versionPromoted } from '@ratchet/domain';
import type { z } from 'zod';
import { configSchema } from '../config.js';
import { webhookEvents } from '../webhooks/webhook-config.js';

const docs = new URL('../../../../docs/', import.meta.url);
const page = readFileSync(new URL('operating/promotions.md', docs), 'utf8');
const fields = Object.keys((versionPromoted.schema as z.ZodObject).shape).sort();
const section = (from: string, to: string): string => page.slice(page.indexOf(from), page.indexOf(to));

describe('docs/operating/promotions.md', () => {
  it('shows a promotion with all of its fields', () => {
    const example: unknown = JSON.parse(/<!-- the event -->\n```json\n([^]*?)```/u.exec(page)?.[1] ?? '');
    expect(checkStructured(example, { topicName: 'ratchet.promotions.v1' })).toMatchObject({ ok: true });
    expect(Object.keys((example as { data: object }).data).sort()).toEqual(fields);
  });

  it('explains each of them, and no other', () => {
    const rows = section('| field of `data` |', 'The schemas of all fields').split('\n').slice(2).map((row) => row.split('|')[1] ?? '');
    expect(rows.flatMap((names) => [...names.matchAll(/`(\w+)`/gu)].map(([, name]) => name)).sort()).toEqual(fields);
  });

  it('names the events that a webhook can be told of', () => {
    const row = /^\| `events` \|(.*)$/mu.exec(page)?.[1] ?? '';
    expect([...row.matchAll(/`(ratchet[\w.]+)`/gu)].map(([, type]) => type).sort()).toEqual(webhookEvents.map(({ type }) => type).sort());
  });

  it('shows webhooks that the console takes, with secrets in the place of dots', () => {
    const shown = /WEBHOOKS=(\[[^]*?\}\])\n/u.exec(page)?.[1] ?? '';
    const webhooks = configSchema.shape.WEBHOOKS.parse(shown.replaceAll('whsec_...', `whsec_${Buffer.alloc(32).toString('base64')}`));
    expect(webhooks.map(({ name }) => name)).toEqual(['platform', 'on-call']);
  });

  it('shows the verification in Python as it is in its file', () => {
    const file = 'examples/consumers/verify_webhook.py';
    expect(page).toContain(`<!-- from docs/${file} -->\n\`\`\`python\n${readFileSync(new URL(file, docs), 'utf8')}\`\`\`\n`);
  });
});
