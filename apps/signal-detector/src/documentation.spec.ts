import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { signalsConfigSchema } from '@ratchet/signals';

/** The first block of a page that is marked so. */
const settingOf = (path: string, name: string): unknown =>
  JSON.parse(new RegExp(`^\`\`\`json ${name}\\n([\\s\\S]*?)^\`\`\``, 'mu').exec(readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8'))?.[1] ?? '');

describe('settings that the documentation shows', () => {
  it('are settings of the detector', () => {
    expect(signalsConfigSchema.parse(settingOf('operating/privacy.md', 'DETECTION'))).toMatchObject({ content: 'full', workloads: { support: { content: 'derived_only' } } });
    expect(signalsConfigSchema.parse({ feedbackMetrics: settingOf('concepts/feedback.md', 'FEEDBACK_METRICS') }).feedbackMetrics).toMatchObject({ minutes_to_solve: { better: 'down', poorFrom: 30 } });
  });
});
