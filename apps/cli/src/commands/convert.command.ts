import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type CommandIo, UsageError } from '../command-module.js';
import { convertBanking77, convertClinc } from '../convert/published-files.js';
import type { IntentRow, SourceFile } from '../convert/published-files.js';
import { nameOfInput, readInput } from '../json-input.js';

const read = async (path: string, io: CommandIo): Promise<SourceFile> => ({ path: nameOfInput(path), content: await readInput(path, io) });

const write = async (rows: readonly IntentRow[], out: string, io: CommandIo): Promise<void> => {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (out === '-') io.stdout.write(lines);
  else {
    await writeFile(out, lines).catch((error: unknown) => {
      throw new UsageError(`cannot write ${out}: ${(error as Error).message}`, { cause: error });
    });
  }
  io.stderr.write(`${rows.length} texts, ${new Set(rows.map(({ intent }) => intent)).size} intents, ${new Set(rows.map(({ domain }) => domain)).size} domains\n`);
};

/** `ratchet convert`: published intent data, in the shape that `ratchet demo --data` takes. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .command('clinc')
    .description('data_full.json of CLINC150, and its domains.json for the domains')
    .argument('<texts>', 'data_full.json')
    .argument('[domains]', "domains.json; without it, every intent's domain is \"all\"")
    .requiredOption('--out <file>', 'where {text, intent, split, domain} lines go; - is standard output')
    .action(async (texts: string, domains: string | undefined, { out }: { out: string }) => write(convertClinc(await read(texts, io), domains === undefined ? undefined : await read(domains, io)), out, io));
  command
    .command('banking77')
    .description('train.csv and test.csv of BANKING77')
    .argument('<files...>', 'the files; the name of each says which split it is')
    .requiredOption('--out <file>', 'where {text, intent, split, domain} lines go; - is standard output')
    .action(async (files: string[], { out }: { out: string }) => {
      const rows: IntentRow[] = [];
      for (const file of files) rows.push(...convertBanking77(await read(file, io)));
      await write(rows, out, io);
    });
};
