import { Inject, Injectable, type OnModuleInit, type OnApplicationShutdown } from '@nestjs/common';
import type { EncoderIdentity } from '@ratchet/embedded-model';
import { SentenceEncoder, SentenceEncoderError } from '@ratchet/sentence-encoder';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { LruMap } from '../storage/lru-map.js';

/**
 * Sentence vectors of what is asked, kept by text: the versions that serve side by side, and the embeddings that others ask for, share them.
 * Without the encoder's files the server does with n-grams, which it says at its start.
 */
@Injectable()
export class Sentences implements OnModuleInit, OnApplicationShutdown {
  private loaded: SentenceEncoder | null = null;
  private readonly vectors: LruMap<string, Promise<Float32Array>>;

  constructor(@Inject(CONFIG) private readonly config: ModelServerConfig) {
    this.vectors = new LruMap(config.maxCachedSentences);
  }

  async onModuleInit(): Promise<void> {
    const { encoderDir } = this.config;
    if (encoderDir !== null) this.loaded = await SentenceEncoder.load(encoderDir);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loaded?.close();
  }

  /** Null where there is none. */
  get encoder(): EncoderIdentity | null {
    return this.loaded;
  }

  /** Throws SentenceEncoderError `missing_encoder` where there is none. */
  of(text: string): Promise<Float32Array> {
    const known = this.vectors.get(text);
    if (known !== undefined) return known;
    if (this.loaded === null) {
      throw new SentenceEncoderError({ code: 'missing_encoder', message: 'This server has no sentence encoder: name the folder of its files in MODEL_SERVER_ENCODER_DIR.' });
    }
    const vector = this.loaded.encode(text);
    this.vectors.set(text, vector);
    return vector;
  }
}
