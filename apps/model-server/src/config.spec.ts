import { describe, expect, it } from '@jest/globals';
import { loadConfig } from './config.js';

describe('loadConfig', () => {
  it('needs only a data folder', () => {
    expect(loadConfig({ MODEL_SERVER_DATA_DIR: '/data' })).toMatchObject({ port: 8090, dataDir: '/data', maxModelsInMemory: 8 });
  });

  it('reports every bad variable at once, without its value', () => {
    const load = (): unknown => loadConfig({ HTTP_PORT: 'secret-port', MODEL_SERVER_MAX_MODELS_IN_MEMORY: '0' });
    expect(load).toThrow(/HTTP_PORT/u);
    expect(load).toThrow(/MODEL_SERVER_DATA_DIR/u);
    expect(load).toThrow(/MODEL_SERVER_MAX_MODELS_IN_MEMORY/u);
    expect(load).not.toThrow(/secret-port/u);
  });
});
