import { readFileSync } from 'node:fs';
import { RatchetError } from '@ratchet/observability';
import { mergeStrategies, readStrategies, shippedStrategies, StrategyFileError } from '@ratchet/strategies';
import type { Strategy } from '@ratchet/domain';

/**
 * The shipped strategies, the team's own before them.
 *
 * @throws {RatchetError} `bad_configuration` where the file cannot be read or used
 */
export const loadCatalogue = (file: string | undefined): readonly Strategy[] => {
  if (file === undefined) return shippedStrategies;
  try {
    return mergeStrategies(readStrategies(readFileSync(file, 'utf8'), file), shippedStrategies);
  } catch (error) {
    const why = error instanceof StrategyFileError ? error.message : 'it cannot be read';
    throw new RatchetError({ code: 'bad_configuration', message: `The configuration is not usable:\n  STRATEGIES_FILE: ${why}` });
  }
};
