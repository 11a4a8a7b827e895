import { z } from 'zod';
import type { Journey } from './provider.js';

const TO_LENGTH_MAX = 1_000;

/** An address of the page itself: nobody is sent elsewhere by a link to the sign-in. */
export const pathWithin = (to: string | undefined): string => (to !== undefined && to.length <= TO_LENGTH_MAX && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) && !to.includes('\\') ? to : '/');

const journeySchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string().transform(pathWithin) });

export const writeJourney = (journey: Journey): string => Buffer.from(JSON.stringify(journey)).toString('base64url');

/** Undefined for what is none. */
export const readJourney = (text: string | undefined): Journey | undefined => {
  try {
    return journeySchema.safeParse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString())).data;
  } catch {
    return undefined;
  }
};
