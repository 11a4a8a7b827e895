import { badRequest } from '../http/openai.error.js';

/** `<name>@<first 12 digits of the content hash>`; also the folder's name, so it must not be able to leave its parent. */
const MODEL_ID = /^[a-z0-9][a-z0-9._-]{0,99}@[0-9a-f]{12}$/u;
const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/u;

export function isModelId(text: string): boolean {
  return MODEL_ID.test(text);
}

export function modelId({ name, contentHash }: { name: string; contentHash: string }): string {
  return `${name}@${contentHash.slice(0, 12)}`;
}

export function nameOf(id: string): string {
  return id.slice(0, id.indexOf('@'));
}

export function hashOf(id: string): string {
  return id.slice(id.indexOf('@') + 1);
}

export function checkModelName({ name, param }: { name: string; param: string }): string {
  if (!MODEL_NAME.test(name)) {
    throw badRequest({ message: `${param} must be 1 to 100 lower-case letters, digits, dots, dashes or underscores, and start with a letter or digit.`, param });
  }
  return name;
}
