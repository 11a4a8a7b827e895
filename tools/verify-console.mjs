// The console in a real browser, on the running loop: `npm run verify -- console`. People's work is done as they do it: reviews by keyboard, rollouts paused,
// resumed and rolled back, a promotion watched as it arrives, a report signed; each effect must be on the page within a second of its event. Then every page is
// looked at, and those that show texts of users must show hostile ones as text. `--loop DIR` takes a demo that runs already; `--screenshots` does none of it, but writes docs/images.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, followTopics, shownAt } from './console-events.mjs';
import { assertShownAsText, hostileTexts, MARK, sendHostileTexts, typed } from './console-hostile.mjs';
import { addressesOf, browserProgram, FLAGS, judge, open, pathsOfPage, screens, signIn, watchTroubles } from './console-pages.mjs';
import { reviewByKeyboard } from './console-review.mjs';
import { readerOf, runningIn, startDemo } from './demo-process.mjs';
import { root } from './run-process.mjs';

const MINUTE_MS = 60_000;
const EFFECT_WITHIN_MS = 10_000;
/** From the event on its topic to the page. */
const SHOWN_WITHIN_MS = 1_000;
/**
 * Conversations a second: services, broker, database and browser share the machine here, and where all of it is busy without rest, each of
 * them waits for its turn, the controller that decides as much as the page that shows it. At this rate two cores have some left.
 */
const RATE = 80;
const PAUSES = 5;
const STATE = '.mantine-Badge-label';
const say = (text) => process.stdout.write(`${text}\n`);

/** Times from event to page; those that are too long fail the run at its end, when all are known. */
const timesKept = () => {
  const late = [];
  return {
    late,
    note: (what, ms) => {
      say(`${what}: on the page ${ms} ms after its event`);
      if (ms >= SHOWN_WITHIN_MS) late.push(`${what} took ${ms} ms from its event to the page`);
    },
  };
};

const isAbout = ({ rolloutId }, state) => ({ type, data }) =>
  data.rolloutId === rolloutId && (data.to?.startsWith(state) || (state === 'PROMOTED' && type === 'ratchet.version.promoted') || (state === 'ROLLED_BACK' && type === 'ratchet.version.rolledback'));

/** Presses a button, gives the reason, and waits until the rollout's page shows the state that follows from it. */
const order = async ({ page, topics, times }, rollout, { label, state, reason }) => {
  await page.getByRole('group').getByRole('button', { name: label, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  const sinceMs = Date.now();
  const shown = shownAt(page, STATE, state);
  await dialog.getByRole('button', { name: label, exact: true }).click();
  const { atMs } = await topics.find(`${label} has its effect`, isAbout(rollout, state), sinceMs);
  times.note(label, (await shown) - atMs);
  await page.locator('[data-fate="obeyed"]').filter({ hasText: label }).waitFor({ timeout: EFFECT_WITHIN_MS });
  await assertShownAsText(page, `the rollout's page, after ${label},`, reason);
};

const rolloutThat = (read, what, isMeant, withinMs) => eventually(what, async () => (await read('/api/rollouts?is=open')).items.find((rollout) => rollout.stage > 0 && isMeant(rollout)), withinMs);
const openRollout = ({ page, loop }, { rolloutId }) => open(page, `${loop.url}/rollouts/${encodeURIComponent(rolloutId)}`);

/** Pauses and resumes a rollout that runs, and watches it being promoted on a page that is not loaded again. */
const watchPromotion = async (run) => {
  const { page, read, topics, times } = run;
  const rollout = await rolloutThat(read, 'a rollout begins', () => true, 15 * MINUTE_MS);
  await openRollout(run, rollout);
  for (let n = 0; n < PAUSES; n += 1) {
    await order(run, rollout, { label: 'Pause', state: 'PAUSED', reason: typed('script') });
    await order(run, rollout, { label: 'Resume', state: 'RUNNING', reason: typed('unicode') });
  }
  const sinceMs = Date.now();
  await page.evaluate(() => (globalThis.notReloaded = true));
  const shown = await shownAt(page, STATE, 'PROMOTED', 20 * MINUTE_MS);
  const { atMs } = await topics.find('the rollout is promoted', isAbout(rollout, 'PROMOTED'), sinceMs);
  times.note('Promotion', shown - atMs);
  assert.equal(await page.evaluate(() => globalThis.notReloaded), true, 'the promotion came by a reload');
  return rollout;
};

const rollBack = async (run, before) => {
  const rollout = await rolloutThat(run.read, 'a second rollout begins', ({ rolloutId }) => rolloutId !== before.rolloutId, 15 * MINUTE_MS);
  await openRollout(run, rollout);
  await order(run, rollout, { label: 'Roll back', state: 'ROLLED_BACK', reason: typed('markdown') });
};

const signReport = async ({ page, loop }, address) => {
  await open(page, `${loop.url}${address}`);
  await page.getByLabel('Note').fill(typed('script'));
  await page.getByRole('button', { name: 'Sign off' }).click();
  await page.getByText(MARK).first().waitFor({ timeout: EFFECT_WITHIN_MS });
  await assertShownAsText(page, 'the report that was signed', typed('script'));
  say('a weekly report is signed off');
};

/** Before reviewers decide what waits in it. */
const lookAtQueue = async ({ page, loop, read }) => {
  const item = await eventually('a hostile text waits to be reviewed', async () => (await read('/api/reviews?state=waiting&limit=200')).items.find(({ input }) => input.startsWith(MARK)), 20 * MINUTE_MS, 5_000);
  await open(page, `${loop.url}/reviews?opportunity=${encodeURIComponent(item.opportunityId)}`);
  await assertShownAsText(page, 'the review queue', MARK);
};

const holds = (value) => JSON.stringify(value).includes(MARK);

/** Pages with texts that users sent, reviewers wrote and operators gave as reasons: each must show some of them, and as text. */
const lookForHostileTexts = async ({ page, loop, read }) => {
  const find = async (path, isMeant = holds) => (await read(path)).items.find(isMeant);
  const quotedIn = async (ids) => {
    for (const id of ids) {
      const quote = (await read(`/api/opportunities/${encodeURIComponent(id)}`)).opportunity?.representatives.find(({ query }) => query.startsWith(MARK));
      if (quote) return { id, query: quote.query };
    }
    return undefined;
  };
  const items = (await Promise.all(['waiting', 'approved', 'rejected'].map((state) => read(`/api/reviews?state=${state}&limit=200`)))).flatMap((answer) => answer.items).filter(({ input }) => input.startsWith(MARK));
  const [item] = items;
  // A weakness may be closed by now.
  const ranked = async () => (await Promise.all(['open', 'closed'].map((state) => read(`/api/opportunities?state=${state}&limit=200`)))).flatMap((answer) => answer.items);
  const quoted = await eventually('a weakness shows hostile texts', async () => quotedIn((await ranked()).map(({ opportunityId }) => opportunityId)), 20 * MINUTE_MS, 5_000);
  const failure = await find(`/api/failures?search=${MARK}`, ({ query }) => query?.startsWith(MARK));
  const edited = await find('/api/reviews?state=approved&limit=200', ({ decisions }) => decisions.some(({ output }) => output?.startsWith(MARK)));
  const rejected = await find('/api/reviews?state=rejected&limit=200', ({ decisions }) => decisions.some(({ reason }) => reason.startsWith(MARK)));
  const record = await find('/api/audit?limit=200');
  const places = [
    ['an opportunity', quoted && `/opportunities/${encodeURIComponent(quoted.id)}`, quoted?.query],
    ['the failures', `/failures?search=${MARK}`, failure && MARK],
    ['a failure', failure && `/failures/${encodeURIComponent(failure.interactionId)}`, failure?.query],
    ['an item of a user', item && `/reviews/items/${item.exampleId}`, item?.input],
    ['an item that was edited', edited && `/reviews/items/${edited.exampleId}`, edited?.decisions.find(({ output }) => output?.startsWith(MARK)).output],
    ['an item that was rejected', rejected && `/reviews/items/${rejected.exampleId}`, rejected?.decisions[0].reason],
    ['the audit log', '/audit', record?.record.reason],
    ['a record of the audit log', record && `/audit/decisions/${record.sequence}`, record?.record.reason],
  ];
  for (const [what, address, text] of places) {
    assert.ok(address && text, `no hostile text came to ${what}`);
    await open(page, `${loop.url}${address}`);
    await assertShownAsText(page, what, text);
  }
  say(`hostile texts (${Object.keys(hostileTexts).join(', ')}) are shown as text on ${places.length} pages, in the review queue, and on a rollout and a report`);
};

const screenshotOf = (path, screen) => join(root, 'docs/images', `${path === '/' ? 'home' : path.slice(1).replaceAll('/:', '-').replaceAll('/', '-')}${screen.width < 600 ? '-phone' : ''}.png`);
const onPhone = ['/', '/rollouts/:id', '/alerts'];

const pageOn = async (browser, loop, { width, height, colorScheme }) => {
  const page = await (await browser.newContext({ viewport: { width, height }, colorScheme })).newPage();
  await signIn(page, loop);
  return page;
};

const lookAtAll = async (browser, loop, addresses) => {
  const found = [];
  for (const screen of screens) {
    const page = await pageOn(browser, loop, screen);
    const troubles = watchTroubles(page);
    for (const [path, address] of Object.entries(addresses)) {
      await open(page, `${loop.url}${address}`);
      const problems = [...troubles.splice(0), ...(await judge(page))];
      found.push(...problems.map((problem) => `${path} (${screen.name}): ${problem}`));
    }
    await page.context().close();
  }
  return found;
};

/** Every page, once a rollout has been promoted and another one runs, so that each has something to show. */
const takePictures = async ({ browser, loop }) => {
  const read = readerOf(loop);
  await eventually('a rollout is promoted', async () => (await read('/api/rollouts')).items.some(({ state }) => state === 'PROMOTED'), 20 * MINUTE_MS);
  await rolloutThat(read, 'another one runs', () => true, 15 * MINUTE_MS);
  const { addresses, missing } = await addressesOf(pathsOfPage(), read);
  mkdirSync(join(root, 'docs/images'), { recursive: true });
  for (const screen of screens.filter(({ colorScheme }) => colorScheme === 'light')) {
    const page = await pageOn(browser, loop, screen);
    for (const [path, address] of Object.entries(addresses)) {
      if (screen.width < 600 && !onPhone.includes(path)) continue;
      await open(page, `${loop.url}${address}`);
      await page.screenshot({ path: screenshotOf(path, screen) });
    }
  }
  say(`pictures of ${Object.keys(addresses).length} pages${missing.length > 0 ? `; nothing to show on ${missing.join(', ')}` : ''}`);
};

const workAndLook = async ({ browser, loop }, topics) => {
  const read = readerOf(loop);
  const times = timesKept();
  await sendHostileTexts(loop);
  const page = await pageOn(browser, loop, screens[0]);
  const run = { page, loop, read, topics, times };
  const troubles = watchTroubles(page);
  const promoted = await watchPromotion(run);
  await rollBack(run, promoted);
  await lookAtQueue(run);
  const { approve, edit, reject } = await reviewByKeyboard(page, loop, read);
  say(`20 reviews by keyboard alone: today ${approve} approved, ${edit} edited, ${reject} rejected; a decision and a skip were taken back`);
  const { addresses, missing } = await addressesOf(pathsOfPage(), read);
  await signReport(run, addresses['/reports/:kind/:period']);
  await lookForHostileTexts(run);
  const found = [...troubles, ...(await lookAtAll(browser, loop, addresses)), ...times.late];
  for (const problem of found) say(problem);
  say(`${Object.keys(addresses).length} pages on ${screens.length} screens, ${found.length} problems${missing.length > 0 ? `; nothing to show on ${missing.join(', ')}` : ''}`);
  assert.equal(found.length, 0, `${found.length} problems`);
};

/** Throws where something does not work; `screenshots` only writes docs/images; `running` is the folder of a demo that runs already. */
export const verifyConsole = async ({ screenshots = false, running } = {}) => {
  const { chromium } = await import('playwright-core');
  const folder = running ?? mkdtempSync(join(tmpdir(), 'ratchet-console-'));
  const loop = running ? { ...runningIn(running), stop: async () => undefined } : await startDemo(folder, { rate: RATE });
  // playwright gives every launch a fresh user-data-dir.
  const browser = await chromium.launch({ executablePath: browserProgram(), args: FLAGS });
  const topics = await followTopics(loop.brokers);
  try {
    await (screenshots ? takePictures({ browser, loop }) : workAndLook({ browser, loop }, topics));
  } finally {
    await topics.stop();
    await browser.close();
    await loop.stop();
    if (!running) rmSync(folder, { recursive: true, force: true });
  }
};

const [option, folder] = process.argv.slice(process.argv.indexOf('--loop'));
if (process.argv[1] === new URL(import.meta.url).pathname) await verifyConsole({ screenshots: process.argv.includes('--screenshots'), ...(option === '--loop' && { running: folder }) });
