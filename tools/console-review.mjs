// A reviewer's work in the browser, by keyboard alone.
import assert from 'node:assert/strict';
import { eventually } from './console-events.mjs';
import { typed } from './console-hostile.mjs';
import { open } from './console-pages.mjs';

const REVIEWS = 20;
const WITHIN_MS = 30_000;

const decidedIn = (text) => Number(/^(\d+) decided here/.exec(text)?.[1] ?? NaN);

const writeInto = async (page, text) => {
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
};

/** Keys for one decision each, as a reviewer would mix them; each waits for the dialog that it opens. */
const keys = (page) => ({
  approve: () => page.keyboard.press('a'),
  reject: async () => {
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('1');
  },
  rejectInWords: async (reason) => {
    await page.keyboard.press('r');
    await page.getByRole('dialog').getByLabel('Another reason').waitFor();
    await page.keyboard.insertText(reason);
    await page.keyboard.press('Control+Enter');
  },
  edit: async (output) => {
    await page.keyboard.press('e');
    await page.getByRole('dialog').getByLabel('Answer', { exact: false }).waitFor();
    await writeInto(page, output);
    await page.keyboard.press('Control+Enter');
  },
});

/** Decides about 20 items, takes one decision and one skip back, and waits until the topics have confirmed all of it; gives what was decided. */
export const reviewByKeyboard = async (page, { url }, read) => {
  const sumOf = ({ approve, edit, reject }) => approve + edit + reject;
  const before = sumOf((await read('/api/reviews/progress')).mine);
  await open(page, `${url}/reviews`);
  const run = page.getByTestId('review-run');
  const decided = async () => decidedIn(await run.innerText());
  // Who holds it comes later than the item.
  const shown = async () => (await page.getByRole('region', { name: 'The item' }).innerText()).replace(/^(Nobody holds it|You hold it until).*$/m, '');
  const press = keys(page);
  const step = async (act, by) => {
    const from = await decided();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await act();
    await eventually(`a key changes the number of decisions from ${from} by ${by}`, async () => (await decided()) === from + by, WITHIN_MS, 50);
  };
  const first = await shown();
  await page.keyboard.press('s');
  assert.notEqual(await shown(), first, 'skipping leaves the item');
  await page.keyboard.press('u');
  assert.equal(await shown(), first, 'undo brings the skipped item back');
  await step(press.approve, 1);
  await step(() => page.keyboard.press('u'), -1);
  const rejectInWords = () => press.rejectInWords(typed('markdown'));
  const acts = [() => press.edit(typed('script')), () => press.edit(typed('unicode')), rejectInWords, press.reject];
  // Several in words: an item of two reviewers tells of no decision before both have made theirs.
  for (let at = 0; at < REVIEWS; at += 1) await step(at < acts.length ? acts[at] : at % 5 === 4 ? rejectInWords : press.approve, 1);
  await eventually('all decisions are confirmed', async () => !(await run.innerText()).includes('not confirmed'), WITHIN_MS);
  const notices = await page.getByRole('button', { name: 'Close this notice' }).count();
  const { mine } = await read('/api/reviews/progress');
  assert.equal(sumOf(mine) - before, REVIEWS, `${notices} notices on the page`);
  return mine;
};
