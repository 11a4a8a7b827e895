// Texts that nobody would want on a page: sent as a user's questions, answers, comments and corrections, and typed as a person's reasons; then looked for as text.
import assert from 'node:assert/strict';

/** No user writes this by chance; every hostile text begins with it. */
export const MARK = 'qzhostile';

const parts = {
  script: '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script><svg/onload=window.hostile=1><a href="javascript:window.hostile=1" onclick="window.hostile=1">here</a>',
  markdown: '[link](javascript:window.hostile=1) ![image](javascript:window.hostile=1) **bold** `code` <details open ontoggle=window.hostile=1>',
  unicode: 'right-to-left \u202Egnp.exe\u202C zero\u200Bwidth\uFEFF zalgo e\u0301\u0327\u0323\u0301 family 👩‍👩‍👧‍👦 half \ud800 and \udc00 nothing \0 end',
  long: `formula =cmd|'/C calc'!A0 {{constructor.constructor('window.hostile=1')()}} ${'x'.repeat(3_000)}`,
};

/** By kind. */
export const hostileTexts = Object.fromEntries(Object.entries(parts).map(([kind, text]) => [kind, `${MARK} ${kind} ${text}`]));

/** As the database keeps it, and so as pages show it. */
const kept = (text) => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** What a browser types into a field: neither NUL nor half a surrogate pair can be typed. */
export const typed = (kind) => kept(hostileTexts[kind]).replaceAll('\uFFFD', '');

const USERS = 160;

/** Users who ask alike, get a wrong answer, and say what is right: enough of them to be shown as examples of a weakness. */
export const sendHostileTexts = async ({ gateway }) => {
  const time = new Date().toISOString();
  const kinds = Object.keys(hostileTexts);
  const send = async (type, id, data) => {
    const body = JSON.stringify({ specversion: '1.0', id, source: '/verification', type, time, datacontenttype: 'application/json', data });
    const response = await fetch(`${gateway}/v1/events`, { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' }, body });
    assert.equal(response.status, 202, await response.text());
  };
  for (let user = 0; user < USERS; user += 1) {
    const text = hostileTexts[kinds[user % kinds.length]];
    const id = `${MARK}-${process.pid}-${user}`;
    const whose = { interactionId: id, conversationId: id };
    await send('ratchet.interaction.completed', id, { ...whose, userId: id, workload: 'default', model: 'support-assistant', version: 'v1', input: [{ role: 'user', content: text }], output: { content: `answer ${text}` }, startedAt: time, latencyMs: 5, attributes: { note: text.slice(0, 200) } });
    await send('ratchet.feedback.given', `${id}-f`, { ...whose, feedbackId: `${id}-f`, name: 'correction', correction: `right is ${text}`, comment: `comment ${text}`, source: { type: 'user', id }, givenAt: time });
    await send('ratchet.feedback.given', `${id}-t`, { ...whose, feedbackId: `${id}-t`, name: 'thumbs', value: false, reasons: ['incorrect'], comment: `comment ${text}`, source: { type: 'user', id }, givenAt: time });
  }
};

/** Throws where the page that is open does not show the text as it was written, or where it holds anything made of it. */
export const assertShownAsText = async (page, where, text) => {
  const fault = await page.evaluate((wanted) => {
    const squeezed = (value) => value.replace(/\s+/g, ' ').trim();
    const fields = [...document.querySelectorAll('textarea, input')].map(({ value }) => value);
    const all = squeezed([document.body.textContent ?? '', ...fields].join(' '));
    if (!all.includes(squeezed(wanted))) return 'does not show the text';
    const made = document.querySelector('img[src="x"], img[src^="javascript"], svg[onload], a[href^="javascript"], details[ontoggle], [onclick], [onerror]');
    if (made) return `made an element of it: ${made.outerHTML.slice(0, 100)}`;
    return globalThis.hostile ? 'ran it' : undefined;
  }, kept(text));
  assert.equal(fault, undefined, `${where} ${fault}: ${kept(text).slice(0, 80)}`);
};
