import { describe, expect, it } from '@jest/globals';
import { parseProviders } from '../config/provider-config.js';
import { hyperparametersFor, hyperparametersPlace, retainedInFile, trainerOf } from './training-settings.js';

const gentle = { recipe: 'gentle', curriculum: true, retentionRatio: 4 } as const;

describe('training settings', () => {
  it('takes the provider named embedded for the embedded one, any other for one like OpenAI, and the configuration for more than the name', () => {
    const [embedded, other, named] = parseProviders('[{"name":"embedded","baseUrl":"http://a"},{"name":"together","baseUrl":"http://b"},{"name":"mine","baseUrl":"http://c","trainer":"embedded"}]');
    expect([embedded, other, named].map((provider) => provider && trainerOf(provider))).toEqual(['embedded', 'openai', 'embedded']);
    expect(() => parseProviders('[{"name":"a","baseUrl":"http://a","trainer":"magic"}]')).toThrow(/0\.trainer/u);
  });

  it('sends the embedded trainer what only it knows, and others nothing but OpenAI\'s own', () => {
    expect(hyperparametersFor('embedded', gentle)).toEqual({ recipe: 'gentle', curriculum: true, retention_ratio: 4 });
    expect(hyperparametersFor('embedded', { recipe: 'full', curriculum: false })).toEqual({ recipe: 'full', curriculum: false });
    for (const recipe of ['article', 'gentle', 'fast', 'full'] as const) {
      expect(Object.keys(hyperparametersFor('openai', { ...gentle, recipe })).sort()).toEqual(['batch_size', 'learning_rate_multiplier', 'n_epochs']);
    }
    expect(hyperparametersFor('openai', { ...gentle, recipe: 'article' })).toMatchObject({ n_epochs: 1, learning_rate_multiplier: 0.1 });
  });

  it('puts hyperparameters where OpenAI and Azure read them, and elsewhere where older servers do', () => {
    expect(['https://api.openai.com/v1', 'https://mine.openai.azure.com/openai/v1?api-version=1', 'http://vllm:8000/v1', 'https://api.openai.com.example.org/v1'].map((baseUrl) => hyperparametersPlace({ baseUrl }))).toEqual(['method', 'method', 'top', 'top']);
  });

  it('mixes retained examples into the file where the trainer remembers none', () => {
    expect(retainedInFile('embedded', gentle, 10)).toBe(0);
    expect(retainedInFile('openai', gentle, 10)).toBe(40);
    expect(retainedInFile('openai', { recipe: 'article', curriculum: false }, 10)).toBe(20);
    expect(retainedInFile('openai', { recipe: 'gentle', curriculum: false, retentionRatio: 0 }, 10)).toBe(0);
  });
});
