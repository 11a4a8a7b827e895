import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Pages load the script beside an answer, so it has to stay small. */
export const WIDGET_BYTES_MAX = 14 * 1024;

export interface Widget {
  /** The script as it is served: one classic script, without dependencies. */
  readonly script: Buffer;
  /** Changes with the script alone; quoted, as HTTP wants it. */
  readonly etag: string;
  /** For a page that pins the script: the value of its `integrity` attribute. */
  readonly integrity: string;
}

export const readWidget = (): Widget => {
  const script = readFileSync(new URL('../assets/feedback-widget.js', import.meta.url));
  const hash = (algorithm: string): string => createHash(algorithm).update(script).digest('base64');
  return { script, etag: `"${hash('sha256').slice(0, 22)}"`, integrity: `sha384-${hash('sha384')}` };
};
