import { type FixType, type Strategy, strategySchema } from '@ratchet/domain';
import { z } from 'zod';
import { contentOf } from './parts.js';
import shipped from './shipped-strategies.json' with { type: 'json' };

/** A file of strategies that cannot be used; the message names the row and the rule. */
export class StrategyFileError extends Error {
  override readonly name = 'StrategyFileError';
  readonly code = 'strategy_file_invalid';
}

const checked = (rows: unknown, name: string): Strategy[] => {
  const asShipped = Array.isArray(rows) ? rows.map((row: unknown) => (typeof row === 'object' && row !== null ? { ...row, origin: 'shipped' } : row)) : rows;
  const parsed = z.array(strategySchema).safeParse(asShipped);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new StrategyFileError(`${name} holds no strategies that can be used: ${problems.join('; ')}. Write a JSON array of {"strategyId", "fixType", "summary", and "data" with "training", or "patch"}.`);
  }
  const ids = new Set<string>();
  for (const { strategyId } of parsed.data) {
    if (ids.has(strategyId)) throw new StrategyFileError(`${name} names ${JSON.stringify(strategyId)} twice; give each strategy its own id.`);
    ids.add(strategyId);
  }
  return parsed.data;
};

/** What comes with the product, the preferred of each fix type first. */
export const shippedStrategies: readonly Strategy[] = checked(shipped, 'shipped-strategies.json');

/**
 * A team's own strategies: a JSON array in the form of the shipped file, `origin` left out.
 *
 * @throws {StrategyFileError} where the text is not JSON, a row breaks the schema, or an id comes twice
 */
export const readStrategies = (json: string, name: string): Strategy[] => {
  let rows: unknown;
  try {
    rows = JSON.parse(json);
  } catch {
    throw new StrategyFileError(`${name} is not JSON.`);
  }
  return checked(rows, name);
};

/** Earlier lists go before later ones. An id or a content that an earlier strategy has is taken, so that a team's own row replaces a shipped one. */
export const mergeStrategies = (...lists: readonly (readonly Strategy[])[]): Strategy[] => {
  const ids = new Set<string>();
  const contents = new Set<string>();
  return lists.flat().filter((strategy) => {
    const content = contentOf(strategy);
    if (ids.has(strategy.strategyId) || contents.has(content)) return false;
    ids.add(strategy.strategyId);
    contents.add(content);
    return true;
  });
};

export const strategiesFor = (strategies: readonly Strategy[], fixType: FixType): Strategy[] => strategies.filter((strategy) => strategy.fixType === fixType);
