import { describe, expect, it } from '@jest/globals';
import type { FailureDetail, ShownSignal, Turn } from '@ratchet/console-api';
import { markedFailure, type Segment } from './evidence-marks';
import { findPhrase, findQuote } from './find-phrase';

const signal = (evidence: ShownSignal['evidence']): ShownSignal => ({ name: 'correction', strength: 1, evidence, late: false, detectedAt: null });
const turn = (interactionId: string, query: string | null, response: string | null = 'ok'): Turn => ({ interactionId, version: 'v', query, response, error: null, failed: false, startedAt: '2026-01-01T00:00:00Z' });
const detail = (signals: ShownSignal[], turns: Turn[], parts: Partial<FailureDetail['failure']> = {}): FailureDetail =>
  ({ failure: { interactionId: 'f', comments: [], correction: null, ...parts }, signals, turns }) as unknown as FailureDetail;
/** [words], (message) and the numbers of the signals that end. */
const drawn = (segments: Segment[] | null | undefined): string =>
  (segments ?? []).map(({ text, kind, ends }) => `${kind === 'words' ? `[${text}]` : kind === 'message' ? `(${text})` : text}${ends.join(',')}`).join('');

describe('a phrase', () => {
  it.each([
    ['No, I asked about BILLING.', 'i asked about', ['I asked about']],
    ['I don’t know. I dont know!', 'i dont know', ['I don’t know', 'I dont know']],
    ['no no no', 'no no', ['no no']],
    ['nothing', 'no', []],
    ['anything', '…', []],
    ['', 'no', []],
  ])('in %j: %j', (text, phrase, found) => {
    expect(findPhrase(text, phrase).map(({ start, end }) => text.slice(start, end))).toEqual(found);
  });
});

describe('a quote', () => {
  it('is found as it stands, and cut', () => {
    expect(findQuote(' Where is it? ', 'Where is it?')).toEqual({ start: 1, end: 13 });
    expect(findQuote('abcdef', 'abc…')).toEqual({ start: 0, end: 3 });
    expect(findQuote('so …', 'so …')).toEqual({ start: 0, end: 4 });
  });

  it.each(['other', '', '…'])('%j is not', (quote) => {
    expect(findQuote('Where is it?', quote)).toBeUndefined();
  });
});

describe('evidence in a conversation', () => {
  const turns = [turn('before', 'No, wait'), turn('f', 'Where is my parcel?', 'I am sorry, I cannot say.'), turn('step', null), turn('after', 'No, I meant my parcel'), turn('later', 'No, really')];

  it('is marked in the failure and in the message of the user that came next, nowhere else', () => {
    const { turns: marked } = markedFailure(detail([signal({ words: 'no … i meant', next: 'No, I meant my parcel' }), signal({ replyWords: 'i cannot say', query: 'Where is my parcel?' })], turns));
    expect(marked.map(({ query, response }) => [drawn(query), drawn(response)])).toEqual([
      ['No, wait', 'ok'],
      ['(Where is my parcel?)2', 'I am sorry, [I cannot say]2.'],
      ['', 'ok'],
      ['[No]1(, )[I meant]1( my parcel)1', 'ok'],
      ['No, really', 'ok'],
    ]);
  });

  it('of several signals is marked for each', () => {
    const { turns: marked } = markedFailure(detail([signal({ next: 'No, I meant my parcel' }), signal({ words: 'i meant my', next: 'No, I meant my parcel' })], turns));
    expect(drawn(marked[3]?.query)).toBe('(No, )[I meant my]2( parcel)1,2');
  });

  it('is marked in what people wrote about it', () => {
    const marked = markedFailure(detail([signal({ comment: 'utter rubbish', words: 'rubbish' }), signal({ correction: 'In the depot.' })], turns, { comments: ['utter rubbish', 'fine'], correction: 'In the depot.' }));
    expect(marked.comments.map(drawn)).toEqual(['(utter )[rubbish]1', 'fine']);
    expect(drawn(marked.correction)).toBe('(In the depot.)2');
  });

  it('that is a number or stands nowhere leaves the texts as they are', () => {
    const { turns: marked } = markedFailure(detail([signal({ secondsAfterReply: 3, shortSession: true, words: 'nowhere', next: 'not kept' })], turns.slice(0, 2)));
    expect(marked.map(({ query }) => drawn(query))).toEqual(['No, wait', 'Where is my parcel?']);
  });

  it('gives back every text whole', () => {
    const { turns: marked } = markedFailure(detail([signal({ words: 'no', next: 'No' }), signal({ query: 'Where', replyWords: 'say' })], turns));
    expect(marked.map(({ query }) => query?.map(({ text }) => text).join('') ?? null)).toEqual(turns.map(({ query }) => query));
  });
});
