// Every route and page of the console on a database of years: `npm run verify -- console-load`. A route answers within 300 ms (95 of 100 times), a page is
// usable within 2 s, and no large table is read from one end to the other, as PostgreSQL's own counters say.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { addressesOf, browserProgram, FLAGS, open, pathsOfPage, signIn, watchTroubles } from './console-pages.mjs';
import { startConsole } from './console-process.mjs';
import { fillConsole, LARGE_ROWS, places } from './console-rows.mjs';

const ROUTE_MS_MAX = 300;
const PAGE_MS_MAX = 2_000;
const TIMES = 20;
const PAGES_ON = 3;
/** A connection tells its counters at the end of a transaction, at most once a second. */
const COUNTED_AFTER_MS = 1_200;
const SETTLED_AFTER_MS = 15_000;
/** A stream that never ends, and what reads a whole chain because it is asked for all of it. */
const LEFT_OUT = ['/api/live', '/api/audit/export'];
/** Routes without such an id in the rows: experiments are made by people, one by one. */
const WITHOUT_ROWS = ['/api/experiments/{id}', '/api/experiments/{id}/series'];
const values = { model: 'assistant', workload: 'w1', version: 'v7', opportunity: 'o7', conversation: 'c77', user: 'u77', search: 'refund parcel', actor: 'ana', cycle: 'cy7', category: 'c', ids: 'e1,e2', confidenceFrom: '0.2', confidenceTo: '0.9', from: '2026-01-01T00:00:00Z', to: '2026-06-01T00:00:00Z' };

/** The route alone, with each filter by itself, and by its target together with the others. */
const waysToAsk = (path, parameters = []) => {
  const address = path.replaceAll(/\{(\w+)\}/gu, (_, name) => encodeURIComponent(places[path]?.[name]));
  const filters = parameters.filter((parameter) => parameter.in === 'query' && !['after', 'next', 'before'].includes(parameter.name));
  const asked = filters.flatMap(({ name, schema }) => (schema?.enum ?? (name === 'limit' ? [String(schema?.maximum ?? 50)] : values[name] === undefined ? [] : [values[name]])).map((value) => ({ [name]: value })));
  const both = filters.some(({ name }) => name === 'model') && filters.some(({ name }) => name === 'workload') ? [{ model: 'assistant', workload: 'w1' }] : [];
  const searched = [{ search: 'nowhere' }, { search: 'r b' }].filter(() => filters.some(({ name }) => name === 'search'));
  const needed = Object.fromEntries(filters.filter(({ required }) => required).map(({ name }) => [name, values[name]]));
  return [{}, ...asked, ...both, ...both.flatMap((target) => asked.map((one) => ({ ...one, ...target }))), ...searched].map((query) => `${address}?${new URLSearchParams({ ...needed, ...query })}`);
};

const routesOf = ({ paths }) => {
  const routes = Object.entries(paths).flatMap(([path, { get }]) => (get && !LEFT_OUT.includes(path) && !WITHOUT_ROWS.includes(path) ? [{ path, ways: () => waysToAsk(path, get.parameters) }] : []));
  const unknown = routes.filter(({ path }) => path.includes('{') && !places[path]).map(({ path }) => path);
  if (unknown.length > 0) throw new Error(`tools/console-rows.mjs names nothing that these routes could be asked for: ${unknown.join(', ')}`);
  return routes;
};

/** How often each large table was read from one end to the other. */
const scansOf = async (database) => new Map((await database(`select relname, seq_scan::int as scans from pg_stat_user_tables where schemaname = 'console' and n_live_tup > $1`, [LARGE_ROWS])).map(({ relname, scans }) => [relname, scans]));

/** Milliseconds of each answer; the pages that follow are asked for, too, as far as they go. */
const timesOf = async (running, address) => {
  const times = [];
  let next = address;
  for (let n = 0; n < TIMES + PAGES_ON; n += 1) {
    const start = performance.now();
    const response = await running.ask(next);
    const text = await response.text();
    if (n > 0) times.push(performance.now() - start);
    if (!response.ok) throw new Error(`${next}: ${response.status} ${text.slice(0, 200)}`);
    const following = n < PAGES_ON && response.headers.get('content-type')?.includes('json') ? JSON.parse(text).next : undefined;
    if (following) next = `${address}&${address.startsWith('/api/alert') || address.startsWith('/api/reports') ? 'next' : 'after'}=${encodeURIComponent(following)}`;
    else if (n === PAGES_ON) next = address;
  }
  return times.sort((a, b) => a - b);
};

const askRoutes = async (running) => {
  const problems = [];
  const slowest = [];
  for (const { path, ways } of routesOf(await running.read('/api/openapi.json'))) {
    const before = await scansOf(running.database);
    let worst = { p95: 0, address: path };
    for (const address of ways()) {
      const times = await timesOf(running, address);
      const p95 = times[Math.ceil(0.95 * times.length) - 1];
      if (p95 > worst.p95) worst = { p95, address };
    }
    await sleep(COUNTED_AFTER_MS);
    const after = await scansOf(running.database);
    const scanned = [...after].filter(([table, scans]) => scans > (before.get(table) ?? 0)).map(([table, scans]) => `${table} (${scans - (before.get(table) ?? 0)})`);
    slowest.push(worst);
    if (worst.p95 > ROUTE_MS_MAX) problems.push(`${worst.address}: ${worst.p95.toFixed(0)} ms`);
    if (scanned.length > 0) problems.push(`${path} reads all of ${scanned.join(', ')}`);
  }
  process.stdout.write(`slowest routes, p95 in ms:\n${slowest.sort((a, b) => b.p95 - a.p95).slice(0, 15).map(({ p95, address }) => `  ${p95.toFixed(0).padStart(4)} ${address}\n`).join('')}`);
  return problems;
};

const openPages = async (running) => {
  const browser = await chromium.launch({ executablePath: browserProgram(), args: FLAGS });
  const problems = [];
  try {
    const page = await (await browser.newContext({ baseURL: running.url, viewport: { width: 1_280, height: 800 } })).newPage();
    await signIn(page, running);
    const { addresses } = await addressesOf(pathsOfPage(), running.read);
    const lines = [];
    for (const [path, address] of Object.entries(addresses).filter(([, known]) => known)) {
      const troubles = watchTroubles(page);
      const ms = await open(page, address, { restMs: 0 });
      lines.push(`  ${ms.toFixed(0).padStart(4)} ${path}\n`);
      if (ms > PAGE_MS_MAX) problems.push(`the page ${address}: ${ms.toFixed(0)} ms`);
      if (troubles.length > 0) problems.push(`the page ${address}: ${troubles.join('; ')}`);
    }
    process.stdout.write(`pages, from the address to what they show, in ms:\n${lines.join('')}`);
  } finally {
    await browser.close();
  }
  return problems;
};

/** Throws with all that is too slow. */
export const verifyConsoleLoad = async (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const filledFrom = performance.now();
  const running = await startConsole({ folder, fill: (database) => fillConsole(database) });
  try {
    // What the console looks after at its start reads large tables, and is no route.
    await sleep(SETTLED_AFTER_MS);
    process.stdout.write(`filled in ${((performance.now() - filledFrom) / 1_000).toFixed(0)} s\n`);
    const problems = [...(await askRoutes(running)), ...(await openPages(running))];
    if (problems.length > 0) throw new Error(problems.join('\n'));
  } finally {
    await running.stop();
    rmSync(join(folder, 'stack'), { recursive: true, force: true });
  }
};
