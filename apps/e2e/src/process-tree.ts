import { execFileSync } from 'node:child_process';

export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

/** Every process of this machine. */
export const runningProcesses = (): RunningProcess[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parentPid, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      // A zombie runs no more; it only waits to be asked how it ended.
      return command === undefined || state?.startsWith('Z') ? [] : [{ pid: Number(pid), parentPid: Number(parentPid), command }];
    });

/** What a process started, and what that started, and so on. */
export const descendantsOf = (pid: number, processes = runningProcesses()): RunningProcess[] => {
  const children = processes.filter(({ parentPid }) => parentPid === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, processes)]);
};
