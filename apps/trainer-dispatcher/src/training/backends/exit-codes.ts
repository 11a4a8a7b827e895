import type { RunFailure } from './trainer-backend.js';

const BAD_INPUT: ReadonlySet<number> = new Set([2, 64, 65]);
/** As in sysexits.h: what failed may go well another time. */
const TEMPORARY_FAILURE = 75;
const FIRST_SIGNAL = 128;

/** What the end of a training program means; undefined for exit code 0. */
export const failureOfExit = ({ code, signal }: { readonly code: number | null; readonly signal?: string | null }): RunFailure | undefined => {
  if (signal) return { code: 'failed', reason: `the program was killed by ${signal}`, dataAtFault: false };
  if (code === 0) return undefined;
  if (code === null) return { code: 'failed', reason: 'the program ended, and nobody knows how', dataAtFault: false };
  if (code === TEMPORARY_FAILURE) return { code: 'failed', reason: 'the program failed for a reason that may pass (exit code 75)', dataAtFault: false };
  if (code === 126 || code === 127) return { code: 'refused', reason: `the program could not be run (exit code ${code})`, dataAtFault: false };
  if (BAD_INPUT.has(code)) return { code: 'refused', reason: `the program did not accept its input (exit code ${code})`, dataAtFault: true };
  if (code > FIRST_SIGNAL) return { code: 'failed', reason: `the program was killed by signal ${code - FIRST_SIGNAL} (exit code ${code})`, dataAtFault: false };
  return { code: 'failed', reason: `the program ended with exit code ${code}`, dataAtFault: true };
};
