// The console in a real browser, on the running loop: `npm run verify -- console`. People's work is done with mouse and keyboard alone: pause and resume a
// rollout, watch a promotion arrive, force a rollback, sign a report off; then every page is looked at. `--screenshots` writes docs/images.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf, judge, open, pathsOfPage, screens, watchTroubles } from './console-pages.mjs';
import { root } from './run-process.mjs';
import { findBrowser } from './verify-widget.mjs';

const MINUTE_MS = 60_000;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const EFFECT_WITHIN_MS = 10_000;
const HOSTILE = '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script> [x](javascript:window.hostile=1) \u202Egnp.exe =cmd|x';
const say = (text) => process.stdout.write(`${text}\n`);

const browserProgram = () => {
  if (!findBrowser()) spawnSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore' });
  const program = findBrowser();
  if (!program) throw new Error('there is no Chromium: install Debian\'s package `chromium`, or set CHROMIUM_PATH');
  return program;
};

/** The demo, which keeps serving when its weeks are over. */
const startLoop = async (folder) => {
  const child = spawn(process.execPath, ['apps/cli/bin/ratchet.mjs', 'demo', '--no-sentences', '--weeks', '2', '--data-dir', folder], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '' } });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  const until = Date.now() + 5 * MINUTE_MS;
  while (!/Console: (\S+).*OpenAI base URL: (\S+)/.test(said)) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`the demo did not start; its logs are in ${folder}`);
    await sleep(500);
  }
  const [, url, gateway] = /Console: (\S+).*OpenAI base URL: (\S+)/.exec(said);
  const stop = () => new Promise((resolve) => (child.exitCode !== null ? resolve() : (child.once('exit', resolve), child.kill('SIGTERM'))));
  return { url, gateway: gateway.replace(/\/v1$/, ''), token: readFileSync(join(folder, 'console-token'), 'utf8').trim(), stop };
};

const eventually = async (what, check, withinMs) => {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > until) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await sleep(500);
  }
};

const signIn = async (page, { url, token }) => {
  await page.goto(url);
  await page.getByLabel(/^Token/).fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
};

/** Presses a button, gives the reason, and waits for the effect; milliseconds from the order to it. */
const order = async (page, label) => {
  await page.getByRole('group').getByRole('button', { name: label, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(`verification: ${label}`);
  const from = performance.now();
  await dialog.getByRole('button', { name: label, exact: true }).click();
  await page.locator('[data-fate="obeyed"]').filter({ hasText: label }).waitFor({ timeout: EFFECT_WITHIN_MS });
  return Math.round(performance.now() - from);
};

const sendHostileTexts = async ({ gateway }) => {
  const startedAt = new Date().toISOString();
  const data = { interactionId: `hostile-${process.pid}`, conversationId: `hostile-${process.pid}`, workload: 'default', model: 'support-assistant', version: 'v1', input: [{ role: 'user', content: HOSTILE }], output: { content: HOSTILE }, startedAt, latencyMs: 5 };
  const event = { specversion: '1.0', id: data.interactionId, source: '/verification', type: 'ratchet.interaction.completed', time: startedAt, datacontenttype: 'application/json', data };
  const response = await fetch(`${gateway}/v1/events`, { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(event) });
  assert.equal(response.status, 202);
};

const workOnRollouts = async (page, loop, read) => {
  const openRollout = async () => (await read('/api/rollouts?is=open')).items.find(({ stage }) => stage > 0);
  const first = await eventually('a rollout begins', openRollout, 10 * MINUTE_MS);
  await open(page, `${loop.url}/rollouts/${encodeURIComponent(first.rolloutId)}`);
  say(`pause: effect after ${await order(page, 'Pause')} ms; resume: after ${await order(page, 'Resume')} ms`);
  await page.evaluate(() => (globalThis.notReloaded = true));
  await page.getByText('PROMOTED').first().waitFor({ timeout: 20 * MINUTE_MS });
  assert.equal(await page.evaluate(() => globalThis.notReloaded), true, 'the promotion came by a reload');
  say('the promotion arrived on the open page');
  const second = await eventually('a second rollout begins', async () => ((await openRollout())?.rolloutId === first.rolloutId ? undefined : openRollout()), 15 * MINUTE_MS);
  await open(page, `${loop.url}/rollouts/${encodeURIComponent(second.rolloutId)}`);
  say(`force rollback: effect after ${await order(page, 'Roll back')} ms`);
};

const signReport = async (page, loop, addresses) => {
  await open(page, `${loop.url}${addresses['/reports/:kind/:period']}`);
  await page.getByLabel('Note').fill('verification: read and signed');
  await page.getByRole('button', { name: 'Sign off' }).click();
  await page.getByText('verification: read and signed').first().waitFor({ timeout: EFFECT_WITHIN_MS });
  say('a weekly report is signed off');
};

const screenshotOf = (path, screen) => join(root, 'docs/images', `${path === '/' ? 'home' : path.slice(1).replaceAll('/:', '-').replaceAll('/', '-')}${screen.width < 600 ? '-phone' : ''}.png`);
const onPhone = ['/', '/rollouts/:id', '/alerts'];

const lookAtAll = async (browser, loop, addresses, screenshots) => {
  const found = [];
  for (const screen of screens) {
    const context = await browser.newContext({ viewport: { width: screen.width, height: screen.height }, colorScheme: screen.colorScheme });
    const page = await context.newPage();
    await signIn(page, loop);
    const troubles = watchTroubles(page);
    for (const [path, address] of Object.entries(addresses)) {
      await open(page, `${loop.url}${address}`);
      const problems = [...troubles.splice(0), ...(await judge(page))];
      if (await page.evaluate(() => globalThis.hostile)) problems.push('a text of a user ran as a script');
      found.push(...problems.map((problem) => `${path} (${screen.name}): ${problem}`));
      if (screenshots && screen.colorScheme === 'light' && (screen.width > 600 || onPhone.includes(path))) await page.screenshot({ path: screenshotOf(path, screen) });
    }
    await context.close();
  }
  return found;
};

/** Throws where something does not work; `screenshots` writes docs/images. */
export const verifyConsole = async ({ screenshots = false } = {}) => {
  const { chromium } = await import('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-console-'));
  if (screenshots) mkdirSync(join(root, 'docs/images'), { recursive: true });
  const loop = await startLoop(folder);
  const browser = await chromium.launch({ executablePath: browserProgram(), args: FLAGS });
  const read = async (path) => (await fetch(`${loop.url}${path}`, { headers: { authorization: `Bearer ${loop.token}` } })).json();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await signIn(page, loop);
    await sendHostileTexts(loop);
    await workOnRollouts(page, loop, read);
    const { addresses, missing } = await addressesOf(pathsOfPage(), read);
    await signReport(page, loop, addresses);
    const found = await lookAtAll(browser, loop, addresses, screenshots);
    for (const problem of found) say(problem);
    say(`${Object.keys(addresses).length} pages on ${screens.length} screens, ${found.length} problems${missing.length > 0 ? `; nothing to show on ${missing.join(', ')}` : ''}`);
    assert.equal(found.length, 0, `${found.length} problems`);
  } finally {
    await browser.close();
    await loop.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

if (process.argv[1] === new URL(import.meta.url).pathname) await verifyConsole({ screenshots: process.argv.includes('--screenshots') });
