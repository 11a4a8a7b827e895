import { RatchetError } from '@ratchet/observability';
import { z } from 'zod';
import { parseProviders, ProviderConfigError, type ProviderConfig } from './provider-config.js';

/** The variable PROVIDERS of a service; what is wrong becomes a message of that variable. */
export const providersVariable = z.string().transform((text, context): ProviderConfig[] => {
  try {
    return parseProviders(text);
  } catch (error) {
    if (!(error instanceof ProviderConfigError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

/** A model at one of the providers. */
export interface ProviderModel {
  readonly provider: ProviderConfig;
  readonly model: string;
}

/**
 * The model that two variables name, the provider's in `variable`; undefined where they name none.
 *
 * @throws {RatchetError} `bad_configuration` where PROVIDERS has no such provider
 */
export const providerModel = (providers: readonly ProviderConfig[], { variable, name, model }: { variable: string; name: string | undefined; model: string | undefined }): ProviderModel | undefined => {
  if (name === undefined || model === undefined) return undefined;
  const provider = providers.find((known) => known.name === name);
  if (provider) return { provider, model };
  throw new RatchetError({ code: 'bad_configuration', message: `${variable}: PROVIDERS has no provider of this name; it has ${providers.map((known) => known.name).join(', ') || 'none'}` });
};
