/** An input that a calculation cannot take; the message names the field and says what it must be. */
export class CalculationError extends Error {
  override readonly name = 'CalculationError';
  readonly code = 'calculation_input_invalid';
}

/** The fields of a calculation's input, each read with a check. */
export interface Fields {
  has(name: string): boolean;
  number(name: string, rule?: NumberRule): number;
  numbers(name: string, rule?: ListRule): number[];
  rows(name: string, columns: readonly string[]): number[][];
  choice<Value extends string | number>(name: string, choices: readonly Value[], fallback?: Value): Value;
  text(name: string): string;
  /** Refuses a combination of fields. */
  require(condition: boolean, message: string): void;
}

/** What a number must be; bounds are inclusive unless `open`. */
export interface NumberRule {
  integer?: boolean;
  min?: number;
  max?: number;
  /** Excludes both bounds. */
  open?: boolean;
  fallback?: number;
}

/** What a list of numbers must be. */
export interface ListRule extends NumberRule {
  minLength?: number;
}

/** A count of things. */
export const COUNT: NumberRule = { integer: true, min: 0 };
/** The size of something that must not be empty. */
export const SIZE: NumberRule = { integer: true, min: 1 };
/** A probability that may be neither certain. */
export const OPEN_PROBABILITY: NumberRule = { min: 0, max: 1, open: true };
/** A positive quantity. */
export const POSITIVE: NumberRule = { min: 0, max: Infinity, open: true };

const describeRule = ({ integer, min, max, open }: NumberRule): string => {
  const kind = integer ? 'a whole number' : 'a number';
  if (min !== undefined && max !== undefined && max !== Infinity) {
    return open ? `${kind} between ${min} and ${max}` : `${kind} from ${min} to ${max}`;
  }
  if (min !== undefined) return open ? `${kind} above ${min}` : `${kind} of at least ${min}`;
  return kind;
};

const isAllowed = (value: unknown, { integer, min = -Infinity, max = Infinity, open }: NumberRule): value is number =>
  typeof value === 'number' &&
  Number.isFinite(value) &&
  (!integer || Number.isInteger(value)) &&
  (open ? value > min && value < max : value >= min && value <= max);

const show = (value: unknown): string => (value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value));

/**
 * Reads a calculation's input.
 *
 * @throws {CalculationError} from the readers, and here where `input` is no object
 */
export const readFields = (group: string, input: unknown): Fields => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CalculationError(`${group}: the input must be a JSON object, not ${show(input)}.`);
  }
  const record = input as Record<string, unknown>;
  const fail = (message: string): never => {
    throw new CalculationError(`${group}: ${message}`);
  };
  const number = (name: string, rule: NumberRule = {}): number => {
    const value = record[name] ?? rule.fallback;
    return isAllowed(value, rule) ? value : fail(`"${name}" must be ${describeRule(rule)}; it is ${show(value)}.`);
  };
  const list = (name: string, minLength: number): unknown[] => {
    const value = record[name];
    if (Array.isArray(value) && value.length >= minLength) return value;
    return fail(`"${name}" must be a list of at least ${minLength}; it is ${show(value)}.`);
  };
  return {
    has: (name) => record[name] !== undefined,
    number,
    numbers: (name, rule = {}) =>
      list(name, rule.minLength ?? 1).map((value, index) =>
        isAllowed(value, rule) ? value : fail(`"${name}"[${index}] must be ${describeRule(rule)}; it is ${show(value)}.`),
      ),
    rows: (name, columns) =>
      list(name, 1).map((row, index) =>
        Array.isArray(row) && row.length === columns.length && row.every((cell) => isAllowed(cell, COUNT))
          ? (row as number[])
          : fail(`"${name}"[${index}] must be the counts [${columns.join(', ')}]; it is ${show(row)}.`),
      ),
    choice: (name, choices, fallback) => {
      const value = record[name] ?? fallback;
      return choices.find((one) => one === value) ?? fail(`"${name}" must be one of ${choices.join(', ')}; it is ${show(value)}.`);
    },
    text: (name) => {
      const value = record[name];
      return typeof value === 'string' ? value : fail(`"${name}" must be a text; it is ${show(value)}.`);
    },
    require: (condition, message) => {
      if (!condition) fail(message);
    },
  };
};
