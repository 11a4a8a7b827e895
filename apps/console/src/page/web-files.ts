import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('@ratchet/console-web/package.json')), 'dist', 'page');

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
};

export interface Asset {
  readonly body: Buffer;
  readonly type: string;
}

const assets = new Map<string, Promise<Asset | undefined>>();

const readAsset = async (file: string): Promise<Asset | undefined> => {
  const type = types[extname(file)];
  if (type === undefined || !/^[\w.-]+$/.test(file)) return undefined;
  return readFile(join(folder, 'assets', file)).then((body) => ({ body, type }), () => undefined);
};

/** A file that the page is built of; undefined where there is none of this name. Names hold a hash of the content. */
export const assetOf = (file: string): Promise<Asset | undefined> => {
  const known = assets.get(file);
  if (known) return known;
  const read = readAsset(file);
  void read.then((asset) => asset && assets.set(file, read));
  return read;
};

/** The page, with the nonce that its style elements need. */
export const pageOf = async (nonce: string): Promise<string> => (await readFile(join(folder, 'index.html'), 'utf8')).replaceAll('__NONCE__', nonce);
