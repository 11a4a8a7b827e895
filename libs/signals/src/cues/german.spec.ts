import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { namesOf, Scenario } from '../spec-support/scenario.js';
import { readCueLanguage } from './cue-language.js';
import { shippedLanguages, useCueLanguages } from './cue-matcher.js';

const file = fileURLToPath(new URL('../../cues/de.json', import.meta.url));
const QUERY = 'Wo ist mein Paket mit dem blauen Kessel?';
const ANSWER = 'Rechnungen finden Sie im Konto unter Abrechnung.';

const after = (next: string) => {
  const scenario = new Scenario();
  scenario.ask(QUERY, ANSWER);
  scenario.ask(next, 'Gut.', { seconds: 31 });
  return scenario.first();
};

describe('German, from its file alone', () => {
  beforeAll(() => useCueLanguages([...shippedLanguages, readCueLanguage(readFileSync(file, 'utf8'), 'de.json')]));
  afterAll(() => useCueLanguages(shippedLanguages));

  test.each([
    ['Nein, ich meinte das Paket', 'correction'],
    ['Das war nicht meine Frage, ich will wissen wo mein Paket ist', 'correction'],
    ['Ich möchte mit einem Mitarbeiter sprechen', 'escalation'],
    ['Können Sie mich mit einem Menschen verbinden?', 'escalation'],
    ['Das hilft mir nicht, völlig nutzlos', 'negative_comment'],
    ['Mein Paket mit dem blauen Kessel, wo ist das?', 'reformulation'],
  ])('%s is a failure of the answer before', (next, name) => {
    const assessment = after(next);
    expect(namesOf(assessment)).toContain(name);
    expect(assessment.failed).toBe(true);
  });

  test.each([
    ['Super, vielen Dank!', 'thanks'],
    ['Alles klar, danke, tschüss', 'thanks'],
    ['Wie ändere ich die Lieferadresse?', 'moved_on'],
  ])('%s is none', (next, name) => {
    const assessment = after(next);
    expect(namesOf(assessment)).toContain(name);
    expect(assessment.failed).toBe(false);
  });

  test('English is understood beside it', () => {
    expect(after("no, that's not what I asked").failed).toBe(true);
  });
});
