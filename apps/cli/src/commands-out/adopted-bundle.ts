import { type Bundle, bundleSchema } from '@ratchet/domain';
import { type CommandIo, UsageError } from '../command-module.js';
import { isObject, nameOfInput, parseJson, readInput } from '../json-input.js';

/** How `ratchet adopt` is told what to adopt: a bundle as JSON, or its parts. */
export interface BundleOptions {
  readonly bundle?: string;
  readonly provider?: string;
  readonly providerModel?: string;
  readonly systemPrompt?: string;
  /** JSON; true where the option stands alone. */
  readonly selfCritique?: string | true;
}

/** Fields that were given and that no bundle has: a misspelt limit must not be passed over. */
const unknownFields = (given: unknown, read: unknown, path: readonly (string | number)[] = []): string[] => {
  if (Array.isArray(given)) return given.flatMap((item, at) => unknownFields(item, (read as unknown[])[at], [...path, at]));
  if (!isObject(given) || !isObject(read)) return [];
  return Object.entries(given).flatMap(([name, value]) => (name in read ? unknownFields(value, read[name], [...path, name]) : [[...path, name].join('.')]));
};

const partsOf = async ({ provider, providerModel, systemPrompt }: BundleOptions, io: CommandIo): Promise<object> => {
  if (provider === undefined || providerModel === undefined) throw new UsageError('say what to adopt: --provider and --provider-model, or --bundle');
  return { provider: { name: provider, model: providerModel }, ...(systemPrompt !== undefined && { systemPrompt: (await readInput(systemPrompt, io)).trimEnd() }) };
};

const wholeOf = async (file: string, options: BundleOptions, io: CommandIo): Promise<object> => {
  if (options.provider !== undefined || options.providerModel !== undefined || options.systemPrompt !== undefined) {
    throw new UsageError('--bundle holds provider and system prompt: give no --provider, --provider-model or --system-prompt beside it');
  }
  const source = nameOfInput(file);
  const whole = parseJson(await readInput(file, io), source);
  if (!isObject(whole)) throw new UsageError(`${source}: expected a bundle, {"provider": {"name", "model"}, ...}`);
  return whole;
};

const check = (given: object): Bundle => {
  const parsed = bundleSchema.safeParse(given);
  if (!parsed.success) throw new UsageError(`the bundle cannot be adopted: ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ')}`);
  const bundle = parsed.data;
  const unknown = unknownFields(given, bundle);
  if (unknown.length > 0) throw new UsageError(`the bundle cannot be adopted: there is no field ${unknown.join(', ')}`);
  if (bundle.selfCritique && bundle.provider.name === 'embedded') {
    throw new UsageError('the bundle cannot be adopted: selfCritique: the embedded model chooses among answers and cannot criticise one; take a provider with a language model');
  }
  if (bundle.selfCritique?.maxUsd !== undefined && !bundle.price) {
    throw new UsageError('the bundle cannot be adopted: selfCritique.maxUsd: without "price" nobody can say what an answer costs; give the price in a --bundle, or no maxUsd');
  }
  return bundle;
};

/**
 * What is to be adopted, checked.
 *
 * @throws {UsageError} that names the field
 */
export const adoptedBundle = async (options: BundleOptions, io: CommandIo): Promise<Bundle> => {
  const given = options.bundle === undefined ? await partsOf(options, io) : await wholeOf(options.bundle, options, io);
  const { selfCritique } = options;
  if (selfCritique === undefined) return check(given);
  return check({ ...given, selfCritique: selfCritique === true ? {} : parseJson(selfCritique, '--self-critique') });
};
