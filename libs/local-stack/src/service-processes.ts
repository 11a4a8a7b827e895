import { stopComposed } from './compose.js';
import { LocalStackError } from './local-stack-error.js';
import { portAnswers } from './ports.js';
import { isAlive, isOurs, signal, waitUntilGone } from './process-table.js';
import type { Env } from './stack-environment.js';
import { withoutProcess, writeRecord, type ServiceName, type ServiceRecord, type StackRecord } from './stack-record.js';

const stopTimeoutMs = 25_000;

/** Whether a service runs, and somebody will stop it. */
export async function hasOwner(service: ServiceRecord): Promise<boolean> {
  const owner = service.mode === 'compose' ? service.ownerPid : service.supervisorPid;
  return owner !== undefined && (await isAlive(owner)) && (await isRunning(service));
}

/** Whether a recorded service has its process, and its port answers. */
export async function isRunning(service: ServiceRecord): Promise<boolean> {
  const { mode, port, pid, marker, ownerPid } = service;
  if (port === undefined) return false;
  if (mode === 'embedded' && !(pid !== undefined && marker !== undefined && (await isOurs({ pid, marker })))) return false;
  if (mode === 'compose' && ownerPid === undefined) return false;
  return portAnswers({ host: '127.0.0.1', port, timeoutMs: 2_000 });
}

/** Stops a recorded service, whoever started it. Returns whether it was running. */
export async function stopService(input: { dataDir: string; name: ServiceName; service: ServiceRecord; env: Env }): Promise<boolean> {
  const { dataDir, name, service, env } = input;
  if (service.mode === 'embedded') return endProcesses(service);
  if (service.ownerPid === undefined) return false;
  await stopComposed({ dataDir, service: name, env });
  return true;
}

/**
 * Ends an embedded service and its supervisor, in order where they obey, and by force where they do not.
 *
 * @returns whether there was one.
 * @throws {LocalStackError} `service_failed` when a process survives being killed.
 */
export async function endProcesses({ pid, supervisorPid, marker }: ServiceRecord): Promise<boolean> {
  if (marker === undefined) return false;
  const candidates = [supervisorPid, pid].filter((candidate) => candidate !== undefined);
  const checked = await Promise.all(candidates.map(async (pid) => ({ pid, ours: await isOurs({ pid, marker }) })));
  const pids = checked.filter(({ ours }) => ours).map(({ pid }) => pid);
  const [first] = pids;
  if (first === undefined) return false;
  // The supervisor passes it on as the service's own way to stop in order.
  signal(first, 'SIGTERM');
  const left = await waitUntilGone({ pids, timeoutMs: stopTimeoutMs });
  left.forEach((pid) => signal(pid, 'SIGKILL'));
  const survivors = await waitUntilGone({ pids: left, timeoutMs: 5_000 });
  if (survivors.length === 0) return true;
  throw new LocalStackError({
    code: 'service_failed',
    message: `Process ${survivors.join(', ')} does not end. Stop it by hand.`,
  });
}

/** Takes the process ids of ended services out of the record. */
export async function forgetProcesses(input: { dataDir: string; record: StackRecord; names: readonly ServiceName[] }): Promise<void> {
  const { dataDir, record, names } = input;
  if (names.length === 0) return;
  const kept = names.flatMap((name) => (record[name] ? [[name, withoutProcess(record[name])]] : []));
  await writeRecord({ dataDir, record: { ...record, ...Object.fromEntries(kept) } });
}
