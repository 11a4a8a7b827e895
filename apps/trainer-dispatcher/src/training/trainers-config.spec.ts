import { describe, expect, it } from '@jest/globals';
import { trainersVariable } from './trainers-config.js';
import { Trainers } from './trainers.js';
import { parseProviders } from '@ratchet/providers';

const parse = (trainers: object) => trainersVariable.parse(JSON.stringify(trainers));
const command = { backend: 'command', program: process.execPath, folder: '/tmp' };
const kubernetes = { backend: 'kubernetes', namespace: 'n', dataUrl: 'http://d', template: {} };
const providers = parseProviders('{"vllm":{"baseUrl":"http://v/v1"},"openai":{"baseUrl":"https://api.openai.com/v1"}}');
const trainersOf = (trainers: object): Trainers => new Trainers({ TRAINERS: parse(trainers), PROVIDERS: providers });

describe('TRAINERS', () => {
  it.each([
    [{ Own: command }, /Own|is no name of a trainer/u],
    [{ provider: command }, /choose another name/u],
    [{ own: { ...command, program: 'train' } }, /own\.program: give an absolute path/u],
    [{ own: { ...command, programme: 'x' } }, /programme/u],
    [{ own: { backend: 'slurm' } }, /own\.backend/u],
    [{ own: { ...command, for: {} } }, /own\.for: name providers, targets or both/u],
    [{ own: { ...command, for: { targets: ['assistant'] } } }, /write model\/workload/u],
    [{ gpu: { ...kubernetes, templateFile: '/t.yaml' } }, /give either template or templateFile/u],
    [{ gpu: { ...kubernetes, dataUrl: 'dispatcher' } }, /gpu\.dataUrl/u],
    [{ jobs: { backend: 'openai', method: 'rlhf' } }, /jobs\.method/u],
  ])('refuses %j and says what is wrong', (trainers, message) => {
    const parsed = trainersVariable.safeParse(JSON.stringify(trainers));
    expect(parsed.success).toBe(false);
    expect((parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n')).toMatch(message);
  });

  it('says at the start what only shows on this machine', async () => {
    await expect(trainersOf({ own: { ...command, program: '/nowhere/train' } }).onModuleInit()).rejects.toMatchObject({ code: 'bad_configuration', message: expect.stringContaining('own: program /nowhere/train') });
    await expect(trainersOf({ own: { ...command, for: { providers: ['other'] } } }).onModuleInit()).rejects.toMatchObject({ code: 'bad_configuration', message: expect.stringContaining('PROVIDERS has no provider other') });
    await expect(trainersOf({ own: command }).onModuleInit()).resolves.toBeUndefined();
  });
});

describe('who trains', () => {
  const trainers = trainersOf({
    mine: { ...command, for: { targets: ['assistant/support', 'coder/*'], providers: ['vllm'] } },
    jobs: { backend: 'openai', for: { providers: ['openai'] } },
  });
  it.each([
    ['assistant', 'support', 'vllm', 'mine', 'command'],
    ['coder', 'any', 'vllm', 'mine', 'command'],
    ['assistant', 'sales', 'vllm', 'provider', 'openai'],
    ['assistant', 'support', 'openai', 'jobs', 'openai'],
  ])('of %s/%s at %s is %s', (model, workload, name, trainer, backend) => {
    const bundle = { provider: { name, model: 'm' } };
    expect(trainers.nameFor({ model, workload }, bundle)).toBe(trainer);
    expect(trainers.backendOf({ model, workload }, bundle)).toBe(backend);
  });

  it('is an error that a changed configuration mends, where the trainer of a run under way is gone', async () => {
    await expect(trainers.open('gone', { provider: { name: 'vllm', model: 'm' } })).rejects.toMatchObject({ code: 'unknown_trainer', retryable: true });
  });
});
