import { comparisonCalculations } from './calculations/comparison.calculations.js';
import { planningCalculations } from './calculations/planning.calculations.js';
import { sequentialCalculations } from './calculations/sequential.calculations.js';
import { unitCalculations } from './calculations/unit.calculations.js';
import { CalculationError, type Fields, readFields } from './input.js';

/** What a calculation answers: numbers, verdicts and lists of numbers by name, in snake case. */
export type CalculationOutput = Record<string, number | boolean | string | null | number[]>;

/** One entry of the calculator. */
export type Calculation = (fields: Fields) => CalculationOutput;

const calculations: ReadonlyMap<string, Calculation> = new Map(
  Object.entries({ ...comparisonCalculations, ...sequentialCalculations, ...planningCalculations, ...unitCalculations }),
);

/** The names that {@link calculate} knows, in alphabetical order. */
export const calculationGroups = (): string[] => [...calculations.keys()].sort();

/**
 * Runs one group of the calculator, with input and output by field name.
 *
 * @throws {CalculationError} where the group is unknown or the input does not fit it
 */
export const calculate = (groupId: string, input: unknown): CalculationOutput => {
  const calculation = calculations.get(groupId);
  if (!calculation) {
    throw new CalculationError(`There is no group "${groupId}"; the groups are ${calculationGroups().join(', ')}.`);
  }
  return calculation(readFields(groupId, input));
};
