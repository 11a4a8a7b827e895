import type { Readable, Writable } from 'node:stream';

import type { Command } from 'commander';

/** What a run of the command line ends with. */
export const EXIT = { done: 0, failed: 1, badInput: 2, insufficient: 3 } as const;

/** Where a command reads and writes: results on `stdout` only, everything else on `stderr`. */
export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** One of {@link EXIT}; a command that judged sets it. */
  exitCode: number;
}

/** What a file in `commands/` exports. */
export interface CommandModule {
  /** Adds arguments, options and the action to a command that already has its name and description. */
  register(command: Command, io: CommandIo): void;
}

/** A command as the table lists it. */
export interface CommandEntry {
  readonly description: string;
  /** Imports the module; called only when the command is. */
  readonly load: () => Promise<CommandModule>;
  /**
   * The workspace packages that the command runs from, if it needs few of them and no services: then only these are built
   * first, and any Node will do. Without it, everything that the command line depends on is built, and Node 22 is needed.
   */
  readonly needs?: readonly string[];
  /** Whether the command starts the services, so that these are built, too. */
  readonly startsServices?: boolean;
}

/** Commands by name. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** Bad usage or bad input: the run ends with {@link EXIT}.badInput and the message, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'bad_usage';
}
