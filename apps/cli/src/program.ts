import { readFileSync } from 'node:fs';

import { Command, CommanderError } from 'commander';

import { type CommandIo, type CommandTable, EXIT } from './command-module.js';
import { commandTable } from './command-table.js';

/** The process's own streams. A reader that closes early, such as `head`, ends the run quietly. */
export const processIo = (): CommandIo => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.done);
  });
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, exitCode: EXIT.done };
};

/** Runs one command and gives the exit code of {@link EXIT}; never throws. */
export const runCli = async (argv: readonly string[], io: CommandIo, table: CommandTable = commandTable): Promise<number> => {
  try {
    const program = await createProgram({ argv, io, table });
    await program.parseAsync([...argv], { from: 'user' });
    return io.exitCode;
  } catch (error) {
    return reportError(error, io);
  }
};

const createProgram = async (request: { argv: readonly string[]; io: CommandIo; table: CommandTable }): Promise<Command> => {
  const { argv, io, table } = request;
  const program = new Command('ratchet')
    .description('Makes a production AI system improve itself, in one direction only.')
    .version(readVersion())
    // So that a command may have a --version of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  const called = calledCommand(argv);
  for (const [name, { description, load }] of Object.entries(table)) {
    const command = program.command(name).description(description);
    if (name === called) (await load()).register(command, io);
  }
  return program;
};

/** The command that is run or asked about, so that only its module is imported. */
const calledCommand = (argv: readonly string[]): string | undefined => {
  const words = argv.filter((word) => !word.startsWith('-'));
  return words[0] === 'help' ? words[1] : words[0];
};

const readVersion = (): string => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
};

const reportError = (error: unknown, io: CommandIo): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  const detail = process.env['RATCHET_DEBUG'] === undefined ? messageOf(error) : ((error as Error)?.stack ?? messageOf(error));
  io.stderr.write(`ratchet: ${detail}\n`);
  return EXIT.badInput;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
