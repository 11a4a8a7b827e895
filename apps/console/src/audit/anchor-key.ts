import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is wrong with the key is said when the console starts, and nothing of its content: it is a secret. */
const readKey = (path: string, refuse: (message: string) => void): KeyObject | undefined => {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    refuse(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'} at ${path}`);
    return undefined;
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
    refuse(`is a key of another kind (${key.asymmetricKeyType ?? 'unknown'}): Ed25519 is needed, as \`openssl genpkey -algorithm ed25519\` makes it`);
  } catch {
    refuse('holds no private key in PEM without a passphrase; `openssl genpkey -algorithm ed25519` makes one');
  }
  return undefined;
};

/** The path of a private key, as the key. */
export const anchorKeyVariable = z.string().transform((path, context): KeyObject => readKey(path, (message) => context.addIssue({ code: 'custom', message })) ?? z.NEVER);
