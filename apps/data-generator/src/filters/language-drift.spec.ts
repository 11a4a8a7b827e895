import { describe, expect, it } from '@jest/globals';
import { isOtherLanguage } from './language-drift.js';

const english = ['How do I cancel my yearly plan before it renews?', 'My radiator in the hall stays cold although the boiler runs.', 'Where can I see which invoices are still open for this month?'];
const german = ['Wie kann ich mein Jahresabo kündigen, bevor es sich verlängert?', 'Der Heizkörper im Flur bleibt kalt, obwohl der Kessel läuft.'];

describe('isOtherLanguage', () => {
  it.each([
    ['German among English', 'Bitte sagen Sie mir, wie ich mein Abonnement noch heute beenden kann.', english],
    ['French among English', "Je voudrais savoir comment annuler mon abonnement avant la fin du mois, s'il vous plaît.", english],
    ['English among German', 'Please tell me how I can end my subscription before the end of this month.', german],
    ['a short text in another script', 'отменить план', english],
    ['Chinese among English', '请告诉我如何取消订阅', english],
    ['a sentence of English before much Spanish', 'Hello. Quiero cancelar mi suscripción anual antes de que se renueve el próximo mes.', english],
  ])('rejects %s', (_what, text, like) => {
    expect(isOtherLanguage(text, like)).toBe(true);
  });

  it.each([
    ['a paraphrase', 'I would like to get out of my subscription before the next payment is taken', english],
    ['few words, which could be anything', 'cancel abo', english],
    ['terse English', 'plan cancel how, renewal soon, money back possible or not', english],
    ['English full of names', 'My Fernlight Hub Mini at Oberhausen shows error E47 since Tuesday, what now?', english],
    ['English with mistakes', 'pls tel me hw to stopp my subscripton its renewin tomorow', english],
    ['German', 'Ich möchte mein Abo noch vor der nächsten Zahlung beenden, wie geht das?', german],
    ['digits alone', '4711 0815', english],
  ])('lets %s pass', (_what, text, like) => {
    expect(isOtherLanguage(text, like)).toBe(false);
  });
});
