import { join } from 'node:path';
import { UsageError } from '../command-module.js';

const IN_REGISTRY = /^[a-z0-9][a-z0-9._-]*@[0-9a-f]{12,64}$/u;

/**
 * The folder that a model reference names: a path, or `model@version` in the folder of `RATCHET_MODELS_DIR`.
 *
 * @throws {UsageError} for a version where that variable is not set
 */
export const folderOf = (reference: string, env: Readonly<Record<string, string | undefined>> = process.env): string => {
  if (!IN_REGISTRY.test(reference)) return reference;
  const folder = env['RATCHET_MODELS_DIR'];
  if (folder === undefined || folder === '') {
    throw new UsageError(`${reference} is a version in the registry: set RATCHET_MODELS_DIR to the folder that holds the models, or give a folder's path`);
  }
  return join(folder, reference);
};
