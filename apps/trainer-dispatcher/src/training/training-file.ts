import type { Example } from '@ratchet/domain';
import type { Trainer } from '@ratchet/providers';

/**
 * One chat example a line, in an order that depends on the examples alone, so that a repeat makes the same file. Category, difficulty and weight are for the
 * embedded trainer: OpenAI takes no line with a key that it does not know.
 */
export const trainingFile = (examples: readonly Example[], trainer: Trainer): string =>
  [...examples]
    .sort((a, b) => (a.exampleId < b.exampleId ? -1 : 1))
    .map(({ input, output, category, difficulty, confidence }) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: input },
          { role: 'assistant', content: output },
        ],
        ...(trainer === 'embedded' && { ...(category !== undefined && { category }), ...(difficulty !== undefined && { difficulty }), weight: confidence }),
      }),
    )
    .join('\n');
