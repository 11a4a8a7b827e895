import type { Example } from '@ratchet/domain';

/** One chat example a line, in an order that depends on the examples alone, so that a repeat makes the same file. */
export const trainingFile = (examples: readonly Example[]): string =>
  [...examples]
    .sort((a, b) => (a.exampleId < b.exampleId ? -1 : 1))
    .map(({ input, output, category, difficulty, confidence }) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: input },
          { role: 'assistant', content: output },
        ],
        ...(category !== undefined && { category }),
        ...(difficulty !== undefined && { difficulty }),
        weight: confidence,
      }),
    )
    .join('\n');
