// What reviewers and trainers read of the datasets topic, and what goes onto the commands topic, by the very command line and a real Kafka.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isEvent, topicCatalogue, topics } from '@ratchet/contracts';
import { commandIssued, datasetVersioned, erasureCompleted, examplesAdded, reviewChanged, sftRowSchema } from '@ratchet/domain';
import type { Command, Example, ReviewItem } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import { Logger, newEventId } from '@ratchet/observability';
import { kafkaBrokers } from '@ratchet/testing';
import { memoryIo } from '../memory-io.js';
import { runCli } from '../program.js';
import { cliEvent } from '../stack/cli-event.js';
import { readEvents } from '../stack/read-topics.js';

const now = '2026-01-01T00:00:00.000Z';
const run = newEventId().slice(-8);
const target = { model: `reviews-${run}`, workload: 'default' };
const at = ['--model', target.model];
const id = (name: string): string => `${name}-${run}`;
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'cli-test' }, Logger.silent());

const ratchet = async (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string; lines: Record<string, unknown>[] }> => {
  const io = memoryIo();
  const code = await runCli([...argv, '--brokers', kafkaBrokers().join(',')], io);
  const { stdout, stderr } = io.written();
  return { code, stdout, stderr, get lines() { return stdout.trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>); } };
};

const item = (name: string, differs: Partial<ReviewItem> = {}): ReviewItem => ({
  exampleId: id(name), ...target, opportunityId: 'o', input: `asked ${name}`, output: `answer ${name}`, source: 'correction', confidence: 0.4, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [], ...differs,
});
const example = (name: string, differs: Partial<Example> = {}): Example => ({
  exampleId: id(name), input: `asked ${name}`, output: `answer ${name}`, source: 'user_correction', split: 'train', confidence: 1, rejectedOutput: 'Wrong.', lineage: { interactionIds: ['i'], reviewers: ['ann'] }, ...differs,
});
const hashOf = (...names: string[]): string => createHash('sha256').update(names.map(id).sort().join('\n')).digest('hex');
const dataset = (name: string, examples: Example[], previous?: string) => [
  cliEvent(examplesAdded, { datasetId: id(name), ...target, examples, addedAt: now }),
  cliEvent(datasetVersioned, {
    datasetId: id(name), ...target, purpose: 'training', trainCount: examples.length, testCount: 0, contentHash: hashOf(...examples.map(({ exampleId }) => exampleId.slice(0, -run.length - 1))),
    opportunityIds: [], failuresAnalyzed: 1, rejected: [], highPriority: false, ...(previous !== undefined && { previousDatasetId: id(previous) }), versionedAt: now,
  }),
];

beforeAll(async () => {
  await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: [] });
  const producer = new EventProducer(kafka);
  const claim = { reviewer: 'bob', until: new Date(Date.now() + 3_600_000).toISOString() };
  await producer.send([
    ...[item('a'), item('b', { claim }), item('c'), item('d', { state: 'rejected', decisions: [{ reviewer: 'cem', decision: 'reject', reason: 'wrong page', decidedAt: now }] })].map((one) => cliEvent(reviewChanged, { item: one, changedAt: now })),
    ...dataset('d1', [example('x'), example('y', { split: 'test' }), example('gone')]),
    ...dataset('d2', [example('z', { rejectedOutput: 'answer z' }), example('x2', { input: 'Asked  X', output: 'another' })], 'd1'),
    cliEvent(erasureCompleted, { erasureId: id('erasure'), ...target, service: 'data-generator', userHash: 'h', removed: { examples: 1 }, exampleIds: [id('gone')], datasetIds: [id('d1')], versions: ['v7'], completedAt: now }),
    ...dataset('d3', [example('w')], 'd2'),
  ]);
  await producer.close();
});

describe('ratchet review', () => {
  it('lists what waits, claims the next that are free, and says who has the others', async () => {
    expect((await ratchet('review', 'list', ...at, '--json')).lines.map(({ exampleId }) => exampleId)).toEqual([id('a'), id('b'), id('c')]);
    expect((await ratchet('review', 'list', ...at)).stdout).toContain('claimed by bob');
    const { stdout } = await ratchet('review', 'claim', '--next', '5', ...at, '--actor', 'ann');
    expect(stdout).toContain('answer a');
    expect(stdout).not.toContain('answer b');
  });

  it('orders decisions in the name of the reviewer', async () => {
    await ratchet('review', 'reject', id('a'), id('c'), ...at, '--actor', 'ann', '--reason', 'removed in May');
    await ratchet('review', 'edit', id('b'), ...at, '--actor', 'bob', '--output', 'Under Bills.');
    const commands: Command[] = [];
    await readEvents({ kafka, topics: [topics.commands.name], onEvent: (event) => void (isEvent(event, commandIssued) && event.data.model === target.model && commands.push(event.data)) });
    expect(commands).toMatchObject([
      { name: 'review.claim', actor: 'ann', exampleIds: [id('a'), id('c')] },
      { name: 'review.reject', actor: 'ann', reason: 'removed in May', exampleIds: [id('a'), id('c')] },
      { name: 'review.edit', actor: 'bob', exampleId: id('b'), output: 'Under Bills.' },
    ]);
    expect(await ratchet('review', 'approve', id('none'), ...at, '--actor', 'ann')).toMatchObject({ code: 2, stderr: expect.stringContaining('has no review item') });
  });

  it('counts what was decided', async () => {
    expect((await ratchet('review', 'stats', ...at, '--json')).lines).toMatchObject([{ items: { waiting: 3, rejected: 1 }, bySource: [{ source: 'correction', rejected: 1 }], agreement: { n: 0 } }]);
  });
});

describe('ratchet dataset', () => {
  const inputsOf = (lines: readonly Record<string, unknown>[]): string[] => lines.map((line) => sftRowSchema.parse(line).messages[0].content);

  it('exports one dataset, or a version, without what was erased', async () => {
    expect(inputsOf((await ratchet('dataset', 'export', '--format', 'sft', '--dataset', id('d2'))).lines)).toEqual(['asked z', 'Asked  X']);
    expect(inputsOf((await ratchet('dataset', 'export', '--format', 'sft', '--until', id('d2'), '--split', 'all')).lines)).toEqual(['asked x', 'asked y', 'asked z', 'Asked  X']);
  });

  it('exports preferences under either names, where a failed answer is known', async () => {
    const { lines, stderr } = await ratchet('dataset', 'export', '--format', 'dpo', '--fields', 'chosen', '--dataset', id('d2'));
    expect(lines).toEqual([{ prompt: [{ role: 'user', content: 'Asked  X' }], chosen: [{ role: 'assistant', content: 'another' }], rejected: [{ role: 'assistant', content: 'Wrong.' }] }]);
    expect(stderr).toContain('1 of 2 examples; 1 have no known failed answer');
    expect(Object.keys((await ratchet('dataset', 'export', '--format', 'dpo', '--dataset', id('d3'))).lines[0] ?? {})).toEqual(['input', 'preferred_output', 'non_preferred_output']);
  });

  it('compares versions', async () => {
    const [counts, ...changes] = (await ratchet('dataset', 'diff', id('d1'), id('d3'), '--json')).lines;
    expect(counts).toMatchObject({ added: { examples: 3, split: { train: 3 } }, removed: { examples: 1 }, changed: 1 });
    expect(changes.filter(({ change }) => change === 'removed')).toEqual([{ change: 'removed', exampleId: id('gone'), source: 'user_correction', split: 'train' }]);
    expect(changes.at(-1)).toMatchObject({ change: 'answer', before: 'answer x', after: 'another' });
    const back = (await ratchet('dataset', 'diff', id('d3'), id('d1'))).stdout;
    expect(back).toContain('1 added, 3 removed, 1 with another answer');
  });

  it('shows one with its lineage, and whether its rows are those that were issued', async () => {
    expect((await ratchet('dataset', 'show', id('d1'), '--json')).lines).toMatchObject([{ contentVerified: true, examples: 2, withdrawn: 1, previousDatasetId: null, lineage: { interactions: 2, reviewers: 2, signals: 0 }, version: { datasets: 1, rows: 3 } }]);
    expect((await ratchet('dataset', 'show', id('d3'))).stdout).toContain('3 datasets, 6 rows');
  });
});

describe('ratchet erase', () => {
  it('reports what an erasure found, and that another is not known yet', async () => {
    expect((await ratchet('erase', '--report', id('erasure'))).lines).toMatchObject([{ versions: ['v7'], examples: 1, removed: { examples: 1 } }]);
    expect((await ratchet('erase', '--report', id('none'))).code).toBe(1);
  });
});
