import { calculate, CalculationError, calculationGroups } from '@ratchet/stats';
import type { Command } from 'commander';

import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { isObject, nameOfInput, parseJson, parseJsonLines, readInput } from '../json-input.js';

/** One calculation of a file. */
interface StatsRecord {
  /** Where it stands, for messages. */
  source: string;
  id: unknown;
  group: unknown;
  input: unknown;
}

const recordOf = (value: unknown, source: string): StatsRecord => {
  if (!isObject(value)) throw new UsageError(`${source}: expected an object {id, group, in}`);
  const { id, in: input } = value;
  // Ids of reference vectors begin with their group, so a line may leave the group out.
  const group = value['group'] ?? (typeof id === 'string' ? id.replace(/\.[^.]*$/, '') : undefined);
  return { source, id: id ?? null, group, input };
};

const recordsOfGroups = (groups: unknown[], source: string): StatsRecord[] =>
  groups.flatMap((group) => {
    if (!isObject(group) || !Array.isArray(group['vectors'])) {
      throw new UsageError(`${source}: every group needs an id and a list "vectors"`);
    }
    const { id, vectors } = group as { id: unknown; vectors: unknown[] };
    return vectors.map((vector, index) => {
      const place = `${source}, group ${String(id)}, vector ${index + 1}`;
      return recordOf(isObject(vector) ? { ...vector, group: id } : vector, place);
    });
  });

/**
 * The calculations of a file: JSON lines of `{id, group, in}`, a JSON list of these, or a document of reference vectors,
 * `{groups: [{id, vectors: [{id, in}]}]}`.
 */
export const parseStatsFile = (content: string, source: string): StatsRecord[] => {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    return parseJsonLines(content, source).map(({ line, value }) => recordOf(value, `${source}, line ${line}`));
  }
  if (Array.isArray(document)) return document.map((value, index) => recordOf(value, `${source}, entry ${index + 1}`));
  if (isObject(document) && Array.isArray(document['groups'])) return recordsOfGroups(document['groups'], source);
  return [recordOf(document, `${source}, line 1`)];
};

/** Prints every result that there is; a bad record is reported and does not keep the others from being answered. */
const calculateFile = async (path: string, io: CommandIo): Promise<void> => {
  const records = parseStatsFile(await readInput(path, io), nameOfInput(path));
  for (const { source, id, group, input } of records) {
    try {
      if (typeof group !== 'string') throw new CalculationError('"group" must be a text; it is missing.');
      io.stdout.write(`${JSON.stringify({ id, out: calculate(group, input) })}\n`);
    } catch (error) {
      if (!(error instanceof CalculationError)) throw error;
      io.stderr.write(`ratchet: ${source}: ${error.message}\n`);
      io.exitCode = EXIT.badInput;
    }
  }
};

/** `ratchet stats`: the calculator. Numbers that are infinite or undefined print as null. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .argument('[group]', `one of ${calculationGroups().join(', ')}`)
    .argument('[json]', 'the input as JSON, or - for standard input')
    .option('--file <path>', 'calculate every {id, group, in} of a file instead; - is standard input')
    .action(async (group: string | undefined, json: string | undefined, { file }: { file?: string }) => {
      if (file !== undefined) {
        if (group !== undefined) throw new UsageError('give either a group with its JSON, or --file');
        await calculateFile(file, io);
        return;
      }
      if (group === undefined || json === undefined) {
        throw new UsageError(`give a group and its JSON, or --file; the groups are ${calculationGroups().join(', ')}`);
      }
      const input = parseJson(json === '-' ? await readInput('-', io) : json, 'the input');
      io.stdout.write(`${JSON.stringify(calculate(group, input))}\n`);
    });
};
