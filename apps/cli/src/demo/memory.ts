import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly residentKb: number;
}

const readProcess = (pid: string): Process | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    // PostgreSQL's processes share their buffers: what is shared is counted where it is private only.
    return { pid: Number(pid), parent: field('PPid'), residentKb: field('RssAnon') + field('RssFile') };
  } catch {
    return undefined;
  }
};

/** Resident memory of this process and all that it started, in MiB; undefined where there is no /proc. */
export const familyMemoryMb = (rootPid = process.pid): number | undefined => {
  let entries: string[];
  try {
    entries = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const processes = entries.map(readProcess).filter((found) => found !== undefined);
  const family = new Set([rootPid]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return Math.round(processes.filter(({ pid }) => family.has(pid)).reduce((sum, { residentKb }) => sum + residentKb, 0) / 1_024);
};
