
import { CLUSTER_DEFAULTS, type Clustering, clusterFailures } from '@ratchet/clustering';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';

import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, parseJsonLines, readInput } from '../json-input.js';
import { writeOutput } from '../write-output.js';

interface ClusterOptions {
  k?: number;
  kMax: number;
  seed: number;
  summary?: string;
}

const itemSchema = z.object({ id: z.string().min(1), query: z.string(), response: z.string().nullish(), attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish() });

interface Item {
  readonly id: string;
  readonly query: string;
  readonly response?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Failures, one a line.
 *
 * @throws {UsageError} with the number of the first line that breaks a rule or repeats an id
 */
export const parseItems = (content: string, source: string): Item[] => {
  const lines = new Map<string, number>();
  return parseJsonLines(content, source).map(({ line, value }) => {
    const parsed = itemSchema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UsageError(`${source}, line ${line}: ${issue?.path.join('.') || 'expected {id, query, response?}'}: ${issue?.message ?? 'not valid'}`);
    }
    const { id, query, response, attributes } = parsed.data;
    const earlier = lines.get(id);
    if (earlier !== undefined) throw new UsageError(`${source}, line ${line}: the id ${JSON.stringify(id)} is already on line ${earlier}`);
    lines.set(id, line);
    return { id, query, ...(response !== undefined && response !== null && { response }), ...(attributes !== undefined && attributes !== null && { attributes }) };
  });
};

const summarize = ({ clusters, k, silhouette }: Clustering, items: readonly Item[]): string => {
  const byId = new Map(items.map((item) => [item.id, item]));
  const described = clusters.map(({ clusterId, size, representatives, commonPatterns }) => ({
    cluster: clusterId,
    size,
    commonPatterns,
    representatives: representatives.map((id) => byId.get(id) ?? { id }),
  }));
  return `${JSON.stringify({ items: items.length, k, silhouette: Math.round(silhouette * 10_000) / 10_000, clusters: described }, null, 2)}\n`;
};

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
};

/** `ratchet cluster`: the cluster of each failure, in the order of the input. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .argument('<file>', 'failures as JSON lines {id, query, response?, attributes?}; - is standard input')
    .option('--k <number>', 'number of clusters; without it, the data choose', wholeNumber)
    .option('--k-max <number>', 'the most clusters to choose', wholeNumber, CLUSTER_DEFAULTS.kMax)
    .option('--seed <number>', 'start of the random numbers', wholeNumber, CLUSTER_DEFAULTS.seed)
    .option('--summary <path>', 'write size, patterns and representatives of the clusters here, as JSON')
    .action(async (file: string, { k, kMax, seed, summary }: ClusterOptions) => {
      const items = parseItems(await readInput(file, io), nameOfInput(file));
      if (k !== undefined && k > items.length) throw new UsageError(`--k asks for ${k} clusters of ${items.length} failures: ask for ${items.length} at most`);
      const clustering = clusterFailures(items, { k, kMax, seed });
      const clusterOf = new Map(clustering.clusters.flatMap(({ clusterId, memberIds }) => memberIds.map((id) => [id, clusterId])));
      for (const { id } of items) io.stdout.write(`${JSON.stringify({ id, cluster: clusterOf.get(id) })}\n`);
      if (summary !== undefined) await writeOutput(summary, { what: 'the summary', text: summarize(clustering, items) });
    });
};
