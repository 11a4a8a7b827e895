import { Readable, Writable } from 'node:stream';

import { type CommandIo, EXIT } from './command-module.js';

/** Streams in memory, with what was written to them. */
export interface MemoryIo extends CommandIo {
  written(): { stdout: string; stderr: string };
}

const collector = (): { stream: Writable; text: () => string } => {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
};

/** A {@link CommandIo} for running a command inside a program, such as a test. */
export const memoryIo = (input = ''): MemoryIo => {
  const [stdout, stderr] = [collector(), collector()];
  return {
    stdin: Readable.from([input]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    exitCode: EXIT.done,
    written: () => ({ stdout: stdout.text(), stderr: stderr.text() }),
  };
};
