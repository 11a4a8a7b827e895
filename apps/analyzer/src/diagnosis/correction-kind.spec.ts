import { describe, expect, it } from '@jest/globals';
import { correctionKindOf } from './correction-kind.js';

describe('correctionKindOf', () => {
  it.each([
    ['The fee is 20.', ' the FEE is 20.', 'same'],
    ['The fee is 20.', '25', 'fact'],
    ['The gate opens at 8 and closes at 17.', 'The gate opens at 9 and closes at 17.', 'fact'],
    ['The lamp cannot be dimmed.', 'It can, with the black knob.', 'fact'],
    ['Press the blue key, then hold Save.', 'There is no blue key on this model.', 'denial'],
    ['You can take the bus from the station, or the tram, and on Sundays also the ferry from the old pier.', '- bus\n- tram\n- ferry on Sundays', 'reshaped'],
    ['Paint is sold in aisle 4.', 'Open Orders and choose Return.', 'other_answer'],
  ] as const)('takes %j corrected to %j for: %s', (response, correction, kind) => {
    expect(correctionKindOf({ response, correction })).toBe(kind);
  });
});
