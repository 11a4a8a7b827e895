import type { ProviderConfig } from '../config/provider-config.js';
import type { ChatProvider } from './chat-provider.js';
import { OpenAiChatProvider } from './openai-chat-provider.js';

/** Chat providers by name, as the version runtime looks them up. Close each when the service stops. */
export const openChatProviders = (configs: readonly ProviderConfig[]): ReadonlyMap<string, ChatProvider> =>
  new Map(configs.map((config) => [config.name, new OpenAiChatProvider(config)]));
