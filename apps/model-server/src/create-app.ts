import 'reflect-metadata';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule, type AppModuleOptions } from './app.module.js';
import { ServerMetrics } from './metrics/server-metrics.js';
import { registerChatRoute } from './serving/chat.route.js';
import { ModelStore } from './serving/model-store.js';
import { Sentences } from './serving/sentences.js';

/** The whole application, ready to listen or to be injected requests. */
export async function createApp(options: AppModuleOptions): Promise<NestFastifyApplication> {
  const { config } = options;
  await prepareDataFolder(config.dataDir);
  const adapter = new FastifyAdapter({ bodyLimit: config.maxBodyBytes, keepAliveTimeout: 75_000 });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(options), adapter, { logger: ['error', 'warn'] });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  fastify.addContentTypeParser('multipart/form-data', { parseAs: 'buffer', bodyLimit: config.maxFileBytes }, (_request, body, done) => done(null, body));
  registerChatRoute({ fastify, models: app.get(ModelStore), sentences: app.get(Sentences), metrics: app.get(ServerMetrics), maxCachedReplies: config.maxCachedReplies });
  await app.init();
  await fastify.ready();
  return app;
}

/** Makes the folders, and clears away what a killed process left half written. */
async function prepareDataFolder(dataDir: string): Promise<void> {
  for (const name of ['models', 'files', 'jobs']) {
    const folder = join(dataDir, name);
    await mkdir(folder, { recursive: true });
    for (const entry of await readdir(folder)) if (entry.endsWith('.partial')) await rm(join(folder, entry), { recursive: true, force: true });
  }
}
