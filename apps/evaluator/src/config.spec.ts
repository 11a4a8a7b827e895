import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

const env = { KAFKA_BROKERS: 'localhost:9092', DATABASE_URL: 'postgres://localhost/ratchet', PROVIDERS: '{"embedded":{"baseUrl":"http://localhost:8090/v1"}}' };

describe('loadConfig', () => {
  it('has the documented defaults', () => {
    const config = loadConfig(env);
    expect(config).toMatchObject({ SAMPLE_RATE: 0.05, JUDGE_CONCURRENCY: 16, MAX_ITEMS: 20_000 });
    expect(config.GATE_CONFIG).toMatchObject({ minTargetGain: 0.05, categoryFloor: 0.98, safetyFloor: 0.999 });
    expect(config.PROVIDERS).toEqual([expect.objectContaining({ name: 'embedded', baseUrl: 'http://localhost:8090/v1' })]);
  });

  it('reads gate thresholds inline or from a file', () => {
    expect(loadConfig({ ...env, GATE_CONFIG: '{"minTargetGain":0.1}' }).GATE_CONFIG).toMatchObject({ minTargetGain: 0.1, categoryFloor: 0.98 });
    const folder = mkdtempSync(join(tmpdir(), 'gates-'));
    writeFileSync(join(folder, 'gates.json'), '{"required":{"latency_acceptable":true}}');
    expect(loadConfig({ ...env, GATE_CONFIG: join(folder, 'gates.json') }).GATE_CONFIG.required.latency_acceptable).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('names every bad variable at once and shows no value', () => {
    const bad = { ...env, PROVIDERS: 'secret-key', SAMPLE_RATE: '5', GATE_CONFIG: '/no/such/secret-key.json' };
    const message = (() => {
      try {
        loadConfig(bad);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    for (const name of ['PROVIDERS', 'SAMPLE_RATE', 'GATE_CONFIG']) expect(message).toContain(name);
    expect(message).not.toContain('secret-key');
  });

  it('says which gate threshold breaks its rule', () => {
    expect(() => loadConfig({ ...env, GATE_CONFIG: '{"safetyFloor":2}' })).toThrow(/safetyFloor/u);
  });

  it('says what is wrong with the rules of a workload, a judge or a floor', () => {
    expect(() => loadConfig({ ...env, QUALITY_RULES: '{"orders":{"mustMatch":["(a)\\\\1"],"maxLength":4}}' })).toThrow(/QUALITY_RULES.*(maxLength|RE2)/u);
    expect(() => loadConfig({ ...env, QUALITY_JUDGE: '{"provider":"embedded","model":"m"}' })).toThrow(/QUALITY_JUDGE.*price/u);
    expect(() => loadConfig({ ...env, QUALITY_FLOORS: '{"safety":2}' })).toThrow(/QUALITY_FLOORS.*safety/u);
    const price = { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 };
    expect(() => loadConfig({ ...env, QUALITY_JUDGE: JSON.stringify({ provider: 'nobody', model: 'm', price }) })).toThrow(/QUALITY_JUDGE: names a provider/u);
    expect(loadConfig({ ...env, QUALITY_JUDGE: JSON.stringify({ provider: 'embedded', model: 'm', price }) }).QUALITY_JUDGE).toMatchObject({ dimensions: ['relevance', 'factuality', 'safety'], costPerHourUsdMax: 1 });
  });

  it('says what is wrong with a scorer, and whose models are not there', () => {
    expect(loadConfig({ ...env, SCORERS: '{"*":{"kind":"similarity"},"orders":{"kind":"regex","pattern":"^A"}}' }).SCORERS['orders']).toEqual({ kind: 'regex', pattern: '^A' });
    expect(() => loadConfig({ ...env, SCORERS: '{"orders":{"kind":"regex","pattern":"(a"}}' })).toThrow(/SCORERS.*orders: the pattern is no regular expression of RE2/u);
    expect(() => loadConfig({ ...env, SCORERS: '{"orders":{"kind":"json_schema","schema":{"type":"nothing"}}}' })).toThrow(/SCORERS.*orders: the schema is no JSON Schema/u);
    expect(() => loadConfig({ ...env, SCORERS: '{"orders":{"kind":"vote"}}' })).toThrow(/SCORERS.*kind/u);
    expect(() => loadConfig({ ...env, SIMILARITY: '{"provider":"embedded","model":"m","threshold":0.5,"floor":0.7}' })).toThrow(/SIMILARITY.*floor must not be above threshold/u);
    expect(() => loadConfig({ ...env, SIMILARITY: '{"provider":"nobody","model":"m"}' })).toThrow(/SIMILARITY: names a provider/u);
    expect(() => loadConfig({ ...env, EVALUATION_JUDGE: '{"provider":"embedded","model":"m"}' })).toThrow(/EVALUATION_JUDGE.*price/u);
  });
});
