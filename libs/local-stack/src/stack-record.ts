import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { OwnMode } from './choose-modes.js';

/** What a data folder remembers of one service. */
export interface ServiceRecord {
  /** What the environment names is not recorded: its data is not here, and its address may be secret. */
  readonly mode: OwnMode;
  /** On 127.0.0.1; kept after a stop, so that the next start takes it again. */
  readonly port?: number;
  /** Kafka's controller listens here. */
  readonly controllerPort?: number;
  /** Of the embedded service, while it runs. */
  readonly pid?: number;
  readonly supervisorPid?: number;
  /** A path that the command line of an embedded service names, which tells it from a later process of the same id. */
  readonly marker?: string;
  /** Of the process that started a service in Docker Compose, and will stop it. */
  readonly ownerPid?: number;
}

/** The content of a data folder's `stack.json`. */
export interface StackRecord {
  readonly kafka?: ServiceRecord;
  readonly postgres?: ServiceRecord;
}

/** The names of the two services, as keys. */
export const serviceNames = ['kafka', 'postgres'] as const;

/** One of {@link serviceNames}. */
export type ServiceName = (typeof serviceNames)[number];

const format = 1;

/** The absolute path of a data folder's record. */
export function recordFile(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

/** Reads `stack.json`; an absent, damaged or foreign one counts as empty, for it only saves choosing again. */
export async function readRecord(dataDir: string): Promise<StackRecord> {
  const text = await readFile(recordFile(dataDir), 'utf8').catch(() => '');
  return parseRecord(text);
}

/** See {@link readRecord}. */
export function parseRecord(text: string): StackRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isObject(value) || value['format'] !== format) return {};
  const services = value;
  return Object.fromEntries(
    serviceNames.flatMap((name) => (isServiceRecord(services[name]) ? [[name, services[name]]] : [])),
  );
}

/** Writes `stack.json` in one step, so that a reader never sees half of it. */
export async function writeRecord({ dataDir, record }: { dataDir: string; record: StackRecord }): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const file = recordFile(dataDir);
  const temporary = `${file}.${process.pid}.${randomBytes(3).toString('hex')}`;
  await writeFile(temporary, `${JSON.stringify({ format, ...record }, null, 2)}\n`);
  await rename(temporary, file);
}

/** What is worth remembering of a service that no longer runs. */
export function withoutProcess(service: ServiceRecord): ServiceRecord {
  const { mode, port, controllerPort, marker } = service;
  return {
    mode,
    ...(port !== undefined && { port }),
    ...(controllerPort !== undefined && { controllerPort }),
    ...(marker !== undefined && { marker }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isServiceRecord(value: unknown): value is ServiceRecord {
  if (!isObject(value) || !['compose', 'embedded'].includes(value['mode'] as string)) return false;
  const numbers = ['port', 'controllerPort', 'pid', 'supervisorPid', 'ownerPid'].map((name) => value[name]);
  return (
    numbers.every((number) => number === undefined || (Number.isInteger(number) && (number as number) > 0)) &&
    ['string', 'undefined'].includes(typeof value['marker'])
  );
}
