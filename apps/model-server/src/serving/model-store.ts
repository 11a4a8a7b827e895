import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { EmbeddedModel, EmbeddedModelError, type EncoderIdentity, loadCheckpoint } from '@ratchet/embedded-model';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { notFound, OpenAiError } from '../http/openai.error.js';
import { LruMap } from '../storage/lru-map.js';
import { hashOf, isModelId } from './model-id.js';
import { Sentences } from './sentences.js';

export interface StoredModel {
  readonly id: string;
  readonly createdAtSeconds: number;
}

/**
 * Versions are folders of the data directory, named by their content: they are read when first asked for, several are kept at once,
 * and one that appears later (a finished job, a copy from elsewhere) is found without a restart.
 */
@Injectable()
export class ModelStore {
  readonly folder: string;
  private readonly loaded: LruMap<string, EmbeddedModel>;
  private readonly loading = new Map<string, Promise<EmbeddedModel>>();

  constructor(
    @Inject(CONFIG) config: ModelServerConfig,
    private readonly sentences: Sentences,
  ) {
    this.folder = join(config.dataDir, 'models');
    this.loaded = new LruMap(config.maxModelsInMemory);
  }

  get modelsInMemory(): number {
    return this.loaded.size;
  }

  /** The model if it is in memory; the hot path asks this first, so that it need not wait for anything. */
  peek(id: string): EmbeddedModel | undefined {
    return this.loaded.get(id);
  }

  /** Throws 404 for an unknown model, 503 for one that cannot be read. */
  async get(id: string): Promise<EmbeddedModel> {
    const known = this.loaded.get(id) ?? this.loading.get(id);
    if (known !== undefined) return known;
    const loading = this.load(id).finally(() => this.loading.delete(id));
    this.loading.set(id, loading);
    return loading;
  }

  async has(id: string): Promise<boolean> {
    if (!isModelId(id)) return false;
    return (await stat(this.pathOf(id)).catch(() => null))?.isDirectory() ?? false;
  }

  pathOf(id: string): string {
    return join(this.folder, id);
  }

  async list(): Promise<StoredModel[]> {
    const ids = (await readdir(this.folder)).filter(isModelId).sort();
    return Promise.all(ids.map(async (id) => ({ id, createdAtSeconds: Math.floor((await stat(this.pathOf(id))).mtimeMs / 1000) })));
  }

  private async load(id: string): Promise<EmbeddedModel> {
    if (!isModelId(id)) throw unknownModel(id);
    try {
      const { checkpoint, contentHash } = await loadCheckpoint(this.pathOf(id));
      if (!contentHash.startsWith(hashOf(id))) {
        throw new EmbeddedModelError('corrupt_checkpoint', `The content of model ${id} has the hash ${contentHash.slice(0, 12)}. Restore the folder from its origin.`);
      }
      // Training's share of the checkpoint (importance, replay memory) is dropped here: it is half of the size.
      const { classes, fallbackAnswer, calibration, head, encoder } = checkpoint;
      checkEncoder(id, encoder, this.sentences.encoder);
      const model = new EmbeddedModel({ classes, fallbackAnswer, calibration, head, encoder });
      this.loaded.set(id, model);
      return model;
    } catch (error) {
      if (!(error instanceof EmbeddedModelError)) throw error;
      if (error.code === 'missing_checkpoint') throw unknownModel(id);
      throw new OpenAiError({ status: 503, message: error.message, type: 'server_error', code: error.code, param: 'model' });
    }
  }
}

function checkEncoder(id: string, needed: EncoderIdentity | null, here: EncoderIdentity | null): void {
  if (needed === null || needed.id === here?.id) return;
  const found = here === null ? 'this server has none: name the folder of its files in MODEL_SERVER_ENCODER_DIR' : `this server has ${here.id.slice(0, 12)}`;
  throw new EmbeddedModelError('missing_encoder', `Model ${id} reads vectors of the sentence encoder ${needed.id.slice(0, 12)}, and ${found}.`);
}

export function unknownModel(id: string): OpenAiError {
  return notFound({ message: `The model \`${id}\` does not exist here. GET /v1/models lists those that do.`, code: 'model_not_found', param: 'model' });
}
