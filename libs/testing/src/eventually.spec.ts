import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('repeats until the assertion holds, and gives its value', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        tries += 1;
        expect(tries).toBeGreaterThan(2);
        return tries;
      },
      { everyMs: 1 },
    );
    expect(value).toBe(3);
  });

  it('throws the last error when the time is over', async () => {
    let tries = 0;
    const failing = async (): Promise<never> => {
      tries += 1;
      throw new Error(`try ${tries} failed`);
    };
    await expect(eventually(failing, { withinMs: 20, everyMs: 5 })).rejects.toThrow(/^try \d+ failed$/);
    expect(tries).toBeGreaterThan(1);
  });
});
