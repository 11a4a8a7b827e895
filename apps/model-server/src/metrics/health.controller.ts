import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { OpenAiError } from '../http/openai.error.js';
import { ServerMetrics } from './server-metrics.js';

@Controller()
export class HealthController {
  constructor(
    @Inject(CONFIG) private readonly config: ModelServerConfig,
    private readonly metrics: ServerMetrics,
  ) {}

  @Get('health/live')
  live() {
    return { status: 'ok' };
  }

  /** Ready means that versions can be read and new ones kept. */
  @Get('health/ready')
  async ready() {
    const usable = await access(this.config.dataDir, constants.R_OK | constants.W_OK).then(() => true, () => false);
    if (!usable) throw new OpenAiError({ status: 503, message: 'The data folder cannot be read and written.', type: 'server_error', code: 'data_folder' });
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  prometheus(): Promise<string> {
    return this.metrics.text();
  }
}
