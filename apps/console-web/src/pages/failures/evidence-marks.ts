import type { FailureDetail, ShownSignal } from '@ratchet/console-api';
import { findPhrase, findQuote, type Span } from './find-phrase';

/** A part of a text, with the signals (by their numbers, from 1) that rest on it. */
export interface Segment {
  readonly text: string;
  /** What the detector took the part as: the whole message, or the very words. */
  readonly kind: 'plain' | 'message' | 'words';
  /** Signals whose evidence ends here. */
  readonly ends: readonly number[];
}

type Field = 'query' | 'response' | 'error' | 'next' | 'comment' | 'correction';
interface Evidence {
  readonly field: Field;
  readonly text: string;
  readonly isQuote: boolean;
}

/** Fields of evidence that quote a message, and where that is. */
const quoteFields: Readonly<Record<string, Field>> = { query: 'query', next: 'next', reply: 'response', endedOn: 'response', comment: 'comment', correction: 'correction', message: 'error', type: 'error' };
/** How evidence joins words that stood apart. */
const APART = ' … ';

const evidenceOf = ({ evidence }: ShownSignal): Evidence[] =>
  Object.entries(evidence).flatMap(([name, value]): Evidence[] => {
    if (typeof value !== 'string') return [];
    const field = quoteFields[name];
    if (field !== undefined) return [{ field, text: value, isQuote: true }];
    const phrases = value.split(APART).map((text) => ({ text, isQuote: false }));
    if (name === 'replyWords') return phrases.map((phrase) => ({ ...phrase, field: 'response' }));
    if (name === 'words') return phrases.map((phrase) => ({ ...phrase, field: 'comment' in evidence ? 'comment' : 'next' }));
    return [];
  });

interface Found extends Span {
  readonly signal: number;
  readonly isQuote: boolean;
}

const foundIn = (text: string, field: Field, signals: readonly ShownSignal[]): Found[] =>
  signals.flatMap((shown, place) =>
    evidenceOf(shown)
      .filter((one) => one.field === field)
      .flatMap(({ text: quote, isQuote }) => {
        const whole = isQuote ? findQuote(text, quote) : undefined;
        const spans = isQuote ? (whole ? [whole] : []) : findPhrase(text, quote);
        return spans.map((span) => ({ ...span, isQuote, signal: place + 1 }));
      }),
  );

/** Takes a text apart where evidence begins and ends. */
const segmentsOf = (text: string, found: readonly Found[]): Segment[] => {
  const cuts = [...new Set([0, text.length, ...found.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, place) => {
    const end = cuts[place + 1] ?? text.length;
    const over = found.filter((one) => one.start <= start && one.end >= end);
    const kind = over.some(({ isQuote }) => !isQuote) ? 'words' : over.length > 0 ? 'message' : 'plain';
    return { text: text.slice(start, end), kind, ends: [...new Set(over.filter((one) => one.end === end).map(({ signal }) => signal))] };
  });
};

export interface MarkedTurn {
  readonly query: Segment[] | null;
  readonly response: Segment[] | null;
  readonly error: Segment[] | null;
}

export interface MarkedFailure {
  readonly turns: readonly MarkedTurn[];
  readonly comments: readonly Segment[][];
  readonly correction: Segment[] | null;
}

const plain = (text: string | null): Segment[] | null => (text === null ? null : segmentsOf(text, []));

/** All texts of a failure, taken apart so that the evidence of each signal can be seen in them. */
export const markedFailure = ({ failure, signals, turns }: Pick<FailureDetail, 'failure' | 'signals' | 'turns'>): MarkedFailure => {
  const mark = (text: string | null, field: Field): Segment[] | null => (text === null ? null : segmentsOf(text, foundIn(text, field, signals)));
  const own = turns.findIndex(({ interactionId }) => interactionId === failure.interactionId);
  // Steps of an agent come between a message and the user's next one.
  const next = turns.findIndex(({ query }, place) => place > own && query !== null);
  return {
    turns: turns.map(({ query, response, error }, place) => {
      if (place === own) return { query: mark(query, 'query'), response: mark(response, 'response'), error: mark(error, 'error') };
      return { query: place === next ? mark(query, 'next') : plain(query), response: plain(response), error: plain(error) };
    }),
    comments: failure.comments.map((text) => mark(text, 'comment') ?? []),
    correction: mark(failure.correction, 'correction'),
  };
};
