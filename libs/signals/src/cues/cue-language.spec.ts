import { afterEach, describe, expect, test } from '@jest/globals';
import { profileOf } from '../text/text-profile.js';
import { CueFileError, readCueLanguage } from './cue-language.js';
import { hasCue, shippedLanguages, useCueLanguages, wordsOfCue } from './cue-matcher.js';
import { expandPhrase } from './expand-phrase.js';

const fileOf = (content: object): string => JSON.stringify(content, null, 2);
const nederlands = fileOf({
  language: 'nl',
  openers: ['nou'],
  stopWords: ['de', 'het', 'een'],
  sets: { mens: ['mens', 'medewerker'] },
  user: { no_first: { position: 'first', phrases: ['nee'] }, escalation: { phrases: ['(spreken|praten) met (een|de|) {mens}'] }, thanks: { phrases: ['dank je', "da's fijn"] } },
  reply: { failed: { phrases: ['het spijt me'] } },
});

afterEach(() => useCueLanguages(shippedLanguages));

describe('a file of cues', () => {
  test('adds a language without code', () => {
    expect(hasCue(profileOf('nee, ik wil spreken met een medewerker', 'user').cues, 'escalation')).toBe(false);
    useCueLanguages([...shippedLanguages, readCueLanguage(nederlands, 'nl.json')]);
    const { cues } = profileOf('Nou nee, ik wil spreken met een medewerker', 'user');
    expect([wordsOfCue(cues, 'no_first'), wordsOfCue(cues, 'escalation')]).toEqual(['nee', 'spreken met een medewerker']);
    expect(hasCue(profileOf('dat is nee', 'user').cues, 'no_first')).toBe(false);
    expect(hasCue(profileOf('Het spijt me.', 'reply').cues, 'failed')).toBe(true);
    expect(hasCue(profileOf('no, get me a human', 'user').cues, 'escalation')).toBe(true);
  });

  test('matches whatever apostrophes and capitals a message has', () => {
    useCueLanguages([readCueLanguage(nederlands, 'nl.json')]);
    expect(hasCue(profileOf('DA’S FIJN', 'user').cues, 'thanks')).toBe(true);
  });

  test('words of a script without spaces match where they stand by themselves', () => {
    useCueLanguages([readCueLanguage(fileOf({ language: 'zh', user: { thanks: { phrases: ['谢谢'] } } }), 'zh.json')]);
    expect(hasCue(profileOf('谢谢。', 'user').cues, 'thanks')).toBe(true);
    expect(hasCue(profileOf('好的,谢谢', 'user').cues, 'thanks')).toBe(true);
    expect(hasCue(profileOf('非常谢谢你', 'user').cues, 'thanks')).toBe(false);
  });

  test.each([
    ['{"language": ', /x\.json is not valid JSON/u],
    [fileOf({ user: {} }), /x\.json.*language/u],
    [fileOf({ language: 'nl', user: { thankz: { phrases: ['dank'] } } }), /line 4: user › thankz/u],
    [fileOf({ language: 'nl', user: { thanks: { phrases: [] } } }), /line 5: user › thanks › phrases: needs a phrase/u],
    [fileOf({ language: 'nl', user: { thanks: { phrases: ['dank', '  '] } } }), /user › thanks › phrases › 1: is empty/u],
    [fileOf({ language: 'nl', user: { thanks: { phrases: ['dank', 'met {wie}'] } } }), /line 7: user › thanks › met \{wie\}: there is no set "wie"/u],
    [fileOf({ language: 'nl', user: { thanks: { phrases: ['dank (je'] } } }), /line 6: user › thanks › dank \(je: a bracket is not closed/u],
    [fileOf({ language: 'nl', user: { thanks: { phrases: ['?!'] } } }), /"\?!" has no word/u],
    [fileOf({ language: 'nl', user: { thanks: { phrases: ['dank'], position: 'last' } } }), /user › thanks › position/u],
    [fileOf({ language: 'nl', replies: {} }), /replies/u],
  ])('refuses %s and says where', (text, message) => {
    expect(() => readCueLanguage(text, 'x.json')).toThrow(CueFileError);
    expect(() => readCueLanguage(text, 'x.json')).toThrow(message);
  });
});

describe('expandPhrase', () => {
  test('stands for every combination, once', () => {
    expect(expandPhrase('talk to (a|the|) {who}', { who: ['human', 'person'] })).toEqual(['talk to a human', 'talk to a person', 'talk to the human', 'talk to the person', 'talk to human', 'talk to person']);
    expect(expandPhrase('(re|)book (it|it)', {})).toEqual(['rebook it', 'book it']);
  });

  test('refuses to fill the memory', () => {
    const many = Array.from({ length: 200 }, (_, i) => `w${i}`);
    expect(() => expandPhrase('{a} {a} {a}', { a: many })).toThrow(/more than 20000/u);
  });
});
