// Every page of the console, as a browser shows it: what fails on it, what runs over its edge, and what axe finds.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './run-process.mjs';
import { findBrowser } from './verify-widget.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** playwright gives every launch a fresh user-data-dir. */
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The browser, installed where it is missing. */
export const browserProgram = () => {
  if (!findBrowser()) spawnSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore' });
  const program = findBrowser();
  if (!program) throw new Error('there is no Chromium: install Debian\'s package `chromium`, or set CHROMIUM_PATH');
  return program;
};

export const signIn = async (page, { url, token }) => {
  await page.goto(url);
  await page.getByLabel(/^Token/).fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
};

export const screens = [
  { name: 'desk, light', width: 1280, height: 800, colorScheme: 'light' },
  { name: 'desk, dark', width: 1280, height: 800, colorScheme: 'dark' },
  { name: 'phone, light', width: 390, height: 800, colorScheme: 'light' },
  { name: 'phone, dark', width: 390, height: 800, colorScheme: 'dark' },
];

/** The paths that the page knows. */
export const pathsOfPage = () => [...readFileSync(join(root, 'apps/console-web/src/pages/pages.ts'), 'utf8').matchAll(/path: '([^']+)'/g)].map(([, path]) => path);

const lastWeek = () => {
  const day = new Date(Date.now() - 7 * 86_400_000);
  // The Thursday of a week is in the week's year.
  const thursday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 4 - (day.getUTCDay() || 7)));
  const week = Math.ceil(((thursday - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
};

/** An address for each path, with real ids; paths of which there is nothing are left out, and named. */
export const addressesOf = async (paths, read) => {
  const first = async (path) => (await read(path)).items?.[0];
  const segment = encodeURIComponent;
  const version = await first('/api/versions');
  const known = {
    '/reviews/items/:id': async () => (await first('/api/reviews?limit=1'))?.exampleId,
    '/failures/:id': async () => (await first('/api/failures'))?.interactionId,
    '/opportunities/:id': async () => (await first('/api/opportunities'))?.opportunityId,
    '/datasets/:id': async () => (await first('/api/datasets'))?.datasetId,
    '/cycles/:id': async () => (await first('/api/cycles'))?.cycleId,
    '/rollouts/:id': async () => (await first('/api/rollouts'))?.rolloutId,
    '/experiments/:id': async () => (await first('/api/experiments'))?.experimentId,
  };
  const addresses = {};
  const missing = [];
  for (const path of paths) {
    if (!path.includes(':')) addresses[path] = path;
    else if (path === '/reports/:kind/:period') addresses[path] = `/reports/weekly/${lastWeek()}`;
    else if (path === '/audit/:chain/:sequence') addresses[path] = '/audit/decisions/1';
    else if (path === '/versions/:model/:workload/:version') addresses[path] = version && `/versions/${segment(version.model)}/${segment(version.workload)}/${segment(version.version)}`;
    else {
      const id = await known[path]?.();
      if (id) addresses[path] = path.replace(':id', segment(id));
    }
    if (!addresses[path]) missing.push(path);
  }
  return { addresses, missing };
};

/** Collects what goes wrong in a page from now on. */
export const watchTroubles = (page) => {
  const troubles = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(`console: ${message.text().slice(0, 300)}`));
  page.on('pageerror', (error) => troubles.push(`error: ${error.message.slice(0, 300)}`));
  page.on('dialog', (dialog) => {
    troubles.push(`a dialog of the browser: ${dialog.message().slice(0, 300)}`);
    void dialog.dismiss();
  });
  // What is under way when a page is left is given up.
  page.on('requestfailed', (request) => request.failure()?.errorText !== 'net::ERR_ABORTED' && troubles.push(`${request.failure()?.errorText}: ${new URL(request.url()).pathname}`));
  page.on('response', (response) => response.status() >= 400 && troubles.push(`${response.status()}: ${new URL(response.url()).pathname}`));
  return troubles;
};

/** Opens an address, waits until it shows what it has, and a while longer for what is drawn; gives the milliseconds without that while. */
export const open = async (page, address, { restMs = 500 } = {}) => {
  const start = performance.now();
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-label="Loading"]') === null, undefined, { timeout: 60_000 });
  const ms = performance.now() - start;
  await page.waitForTimeout(restMs);
  return ms;
};

/** What axe and the page's width say of what is shown. */
export const judge = async (page) => {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { violations: found } = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return found.map(({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(' | ')}`);
  });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
  return [...violations, ...(over > 1 ? [`runs ${over} px over the edge`] : [])];
};
