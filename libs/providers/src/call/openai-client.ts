import OpenAI from 'openai';
import type { ProviderConfig } from '../config/provider-config.js';

/** The openai package's client of a provider. Time limit and repeats are ours ({@link ProviderCalls}), and it reads no environment variable. */
export const openAiClient = ({ baseUrl, apiKey }: ProviderConfig): OpenAI =>
  // Servers without keys ignore the header, but the client insists on a value.
  new OpenAI({ baseURL: baseUrl, apiKey: apiKey ?? 'none', organization: null, project: null, maxRetries: 0, timeout: 24 * 3_600_000, logLevel: 'off' });
