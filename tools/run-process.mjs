// Child processes of the tools: they end with the tool, and a step that hangs ends at its time.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
const KILL_AFTER_MS = 10_000;
const running = new Set();

const signalGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
};

/** Runs a Node script of the repository; gives its exit code, and all that it wrote where `capture` is set. */
export const runNode = (script, args, { env = {}, timeoutMs, capture = false } = {}) =>
  new Promise((resolve) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, detached: true, stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'], env: { ...process.env, PATH: path, ...env } });
    running.add(child);
    const output = [];
    let timedOut = false;
    for (const name of ['stdout', 'stderr']) {
      child[name]?.on('data', (chunk) => {
        output.push(chunk);
        process[name].write(chunk);
      });
    }
    const timer = setTimeout(() => {
      timedOut = true;
      signalGroup(child, 'SIGTERM');
      setTimeout(() => running.has(child) && signalGroup(child, 'SIGKILL'), KILL_AFTER_MS).unref();
    }, timeoutMs);
    child.on('error', (error) => process.stderr.write(`${script}: ${error.message}\n`));
    child.on('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: code ?? 1, timedOut, output: Buffer.concat(output).toString('utf8') });
    });
  });

const stops = new Set();

/** Has `stop` done, and waited for, when the tool is interrupted; gives what takes it back. */
export const whenInterrupted = (stop) => {
  stops.add(stop);
  return () => void stops.delete(stop);
};

/** Ends everything that was started here or is to be stopped, and then does `last`, when the tool is interrupted. */
export const stopOnSignals = (last = async () => undefined) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      for (const child of running) signalGroup(child, 'SIGTERM');
      Promise.allSettled([...stops].map((stop) => stop())).then(last).finally(() => process.exit(130));
    });
  }
};
