import type { Evidence, FeedbackReason, Signal, SignalName } from '@ratchet/domain';
import type { SignalsConfig } from '../config.js';
import type { Ending, Exchange, NextTurn } from '../failure/exchange.js';

/** A signal, with what a person wrote where the signal is that. */
export interface Detected extends Signal {
  readonly correction?: string;
  readonly comment?: string;
  readonly reasons?: FeedbackReason[];
}

export interface DetectorContext {
  readonly config: SignalsConfig;
}

/** Looks at one interaction when the user's next message has come. */
export type NextTurnDetector = (exchange: Exchange, next: NextTurn, context: DetectorContext) => Signal | undefined;
/** Looks at the last interaction of a conversation when that has ended. */
export type EndingDetector = (exchange: Exchange, ending: Ending, context: DetectorContext) => Signal | undefined;

/** Evidence is for people: two decimals say enough. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
export const secondsOf = (ms: number): number => Math.round(ms / 100) / 10;

export const signal = (name: SignalName, strength: number, evidence: Evidence): Signal => ({ name, strength: rounded(Math.max(0, Math.min(1, strength))), evidence });

/** Events stay small: a quoted message is cut. */
export const quoted = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text);
