import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { openChatProviders } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';

/** The connections to model providers, closed after the jobs that use them were told to stop. */
@Injectable()
export class ChatConnections implements OnApplicationShutdown {
  readonly byName;

  constructor(@Inject(CONFIG) config: Config) {
    this.byName = openChatProviders(config.PROVIDERS);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.byName.values()].map((provider) => provider.close()));
  }
}
