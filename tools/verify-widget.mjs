// The feedback widget in a real browser, against a running gateway and a real Kafka: `npm run verify -- widget`. The page is docs/examples/feedback-widget.html
// under a strict content security policy; it is worked with mouse and keyboard alone, and what it gave is read from the topic.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { root } from './run-process.mjs';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const TOPIC = 'ratchet.interactions.v1';
const WAIT_MS = 30_000;

/** The browser's program, or undefined where there is none. */
export const findBrowser = () => [process.env.CHROMIUM_PATH, ...BROWSERS].find((path) => path && existsSync(path));

const eventually = async (what, check) => {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > until) throw new Error(`${what}: not within ${WAIT_MS / 1_000} s`);
    await sleep(100);
  }
};

const listen = (handler) =>
  new Promise((resolve) => {
    const server = createServer(handler).listen(0, '127.0.0.1', () => resolve({ server, origin: `http://127.0.0.1:${server.address().port}` }));
  });

/** A site with the example page, which may load and reach nothing but the gateway. */
const servePage = (gateway) =>
  listen(({ url }, response) => {
    const page = readFileSync(join(root, 'docs/examples/feedback-widget.html'), 'utf8')
      .replace('http://localhost:8080', gateway)
      .replace('<ratchet-feedback', url === '/attributes' ? `<ratchet-feedback parts="comment" texts='{"send": "Senden"}'` : '<ratchet-feedback');
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src ${gateway}; connect-src ${gateway}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'`,
    });
    response.end(page);
  });

const startGateway = async ({ brokers, folder, port, origins }) => {
  const env = {
    ...process.env, KAFKA_BROKERS: brokers, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), GATEWAY_DATA_DIR: folder, FEEDBACK_ORIGINS: origins, LOG_LEVEL: 'warn', ROUTING_WAIT_MS: '1000',
    PROVIDERS: '{"nobody":{"baseUrl":"http://127.0.0.1:9/v1"}}', PRIVACY: '{"redact":["email"]}',
  };
  const child = spawn(process.execPath, [join(root, 'apps/gateway/dist/main.js')], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  try {
    await eventually('the gateway serves the widget', () => fetch(`http://127.0.0.1:${port}/v1/feedback-widget.js`).then(({ ok }) => ok, () => false));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
};

/** Collects feedback from the topic as it comes. */
const readFeedback = async (brokers) => {
  const { Kafka, logLevel } = await import('kafkajs');
  const consumer = new Kafka({ clientId: 'verify-widget', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).consumer({ groupId: `verify-widget-${process.pid}` });
  const given = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void (String(message.headers.ce_type) === 'ratchet.feedback.given' && given.push(JSON.parse(String(message.value)))) });
  return { given, stop: () => consumer.disconnect() };
};

const statusOf = (page) => page.locator('ratchet-feedback').getByRole('status');
const says = (page, words) => eventually(`the page says "${words}"`, async () => (await statusOf(page).textContent()) === words);

/** Presses Tab until the element that has the focus is named so. */
const tabTo = async (page, name) => {
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement?.shadowRoot?.activeElement;
      const group = element?.type === 'radio' ? `${element.closest('fieldset').querySelector('legend').textContent} ` : '';
      return element ? `${group}${element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent}`.trim() : '';
    });
    if (focused.includes(name)) return;
  }
  throw new Error(`the keyboard does not reach "${name}"`);
};

const checkAccessibility = async (page, when) => {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), [], `accessibility ${when}`);
  process.stdout.write(`accessible ${when}: ${passes.length} rules pass, none fails\n`);
};

const byKeyboard = async (page) => {
  await checkAccessibility(page, 'at first');
  await tabTo(page, 'No');
  await page.keyboard.press('Space');
  await says(page, 'Thank you. You can tell us more below.');
  await tabTo(page, 'Accuracy');
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
  await tabTo(page, 'Incorrect information');
  await page.keyboard.press('Space');
  await tabTo(page, 'Tell us more');
  await page.keyboard.type('Wrong <b>city</b>, write to me@mail.example');
  await tabTo(page, 'correct answer');
  await page.keyboard.type('Canberra');
  await checkAccessibility(page, 'when filled in');
  await tabTo(page, 'Send');
  await page.keyboard.press('Enter');
  await says(page, 'Thank you for your feedback.');
};

const byMouse = async (page) => {
  const widget = page.locator('ratchet-feedback');
  const click = async (locator) => {
    const box = await locator.boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  };
  await click(widget.getByRole('button', { name: 'Yes' }));
  await says(page, 'Thank you. You can tell us more below.');
  await click(widget.getByRole('button', { name: 'No' }));
  assert.deepEqual(await widget.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-pressed'))), ['false', 'true', null]);
  await click(widget.getByRole('group', { name: 'Clarity' }).getByRole('radio', { name: '5 of 5' }));
  const send = widget.getByRole('button', { name: 'Send' });
  await click(send);
  await click(send);
  await says(page, 'Thank you for your feedback.');
};

const offline = async (page, context) => {
  const widget = page.locator('ratchet-feedback');
  await context.setOffline(true);
  await widget.getByRole('button', { name: 'Yes' }).click();
  await says(page, 'You are offline. Your feedback is kept and sent later.');
  await context.setOffline(false);
};

const openPage = async (browser, { url, ids, texts, viewport = { width: 1_000, height: 1_000 } }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && !/ERR_INTERNET_DISCONNECTED|CORS policy|ERR_FAILED|favicon/u.test(message.text()) && problems.push(message.text()));
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector('ratchet-feedback')?.shadowRoot);
  await page.evaluate(({ ids, texts }) => {
    const widget = document.querySelector('ratchet-feedback');
    for (const [name, value] of Object.entries(ids)) widget.setAttribute(name, value);
    if (texts) widget.texts = texts;
  }, { ids, texts });
  return { page, context, problems };
};

const scenarios = ({ browser, site, otherSite }) => ({
  keyboard: async () => {
    const { page, context, problems } = await openPage(browser, { url: site, ids: { conversation: 'keyboard' }, viewport: { width: 320, height: 800 } });
    await byKeyboard(page);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('ratchet-feedback').shadowRoot.querySelector('button')).transitionDuration), '0s', 'nothing moves where nobody wants it to');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), 'fits a narrow page');
    assert.deepEqual(problems, []);
    await context.close();
  },
  mouse: async () => {
    const { page, context, problems } = await openPage(browser, { url: site, ids: { conversation: 'mouse' } });
    await byMouse(page);
    assert.deepEqual(problems, []);
    await context.close();
  },
  offline: async () => {
    const { page, context, problems } = await openPage(browser, { url: site, ids: { conversation: 'offline' } });
    await offline(page, context);
    await eventually('what was kept is sent', () => page.evaluate(() => localStorage.getItem('ratchet-feedback') === null));
    assert.deepEqual(problems, []);
    await context.close();
  },
  texts: async () => {
    const { page, context } = await openPage(browser, { url: site, ids: { conversation: 'texts' }, texts: { question: 'War das hilfreich?', up: 'Ja', more: '<img src=x onerror=alert(1)>' } });
    await page.locator('ratchet-feedback').getByRole('button', { name: 'Ja' }).click();
    await says(page, '<img src=x onerror=alert(1)>');
    assert.equal(await page.locator('ratchet-feedback img').count(), 0);
    await context.close();
  },
  attributes: async () => {
    const { page, context, problems } = await openPage(browser, { url: `${site}/attributes`, ids: { conversation: 'attributes' } });
    const widget = page.locator('ratchet-feedback');
    await widget.getByRole('button', { name: 'Senden' }).click();
    await says(page, 'Fill in at least one field.');
    await widget.getByRole('textbox', { name: 'Tell us more' }).fill('Thanks');
    await widget.getByRole('button', { name: 'Senden' }).click();
    await says(page, 'Thank you for your feedback.');
    assert.deepEqual([await widget.getByRole('button').count(), await widget.getByRole('radio').count()], [1, 0]);
    assert.deepEqual(problems, []);
    await context.close();
  },
  'another origin': async () => {
    const { page, context } = await openPage(browser, { url: otherSite, ids: { conversation: 'stranger' } });
    await page.locator('ratchet-feedback').getByRole('button', { name: 'Yes' }).click();
    await says(page, 'You are offline. Your feedback is kept and sent later.');
    await context.close();
  },
});

const checkTopic = async (given) => {
  const of = (conversationId) => given.filter((feedback) => feedback.conversationId === conversationId).map(({ feedbackId: _id, givenAt: _at, conversationId: _c, interactionId: _i, source: _s, ...said }) => said);
  await eventually('all feedback is on the topic', () => given.length >= 9);
  await sleep(1_000);
  assert.deepEqual(of('keyboard'), [
    { name: 'thumbs', value: false },
    { name: 'rating', ratings: { accuracy: 2 }, reasons: ['incorrect'], comment: 'Wrong <b>city</b>, write to [email]' },
    { name: 'correction', correction: 'Canberra' },
  ]);
  assert.deepEqual(of('mouse'), [{ name: 'thumbs', value: true }, { name: 'thumbs', value: false }, { name: 'rating', ratings: { clarity: 5 } }], 'a second click on Send is the same feedback');
  assert.deepEqual(of('offline'), [{ name: 'thumbs', value: true }]);
  assert.deepEqual(of('texts'), [{ name: 'thumbs', value: true }]);
  assert.deepEqual(of('attributes'), [{ name: 'comment', comment: 'Thanks' }]);
  assert.deepEqual(of('stranger'), [], 'a page of another origin gives nothing');
  assert.ok(given.every(({ source, interactionId }) => source.type === 'user' && source.id === 'user-1' && interactionId === 'interaction-1'));
  assert.equal(new Set(given.map(({ feedbackId }) => feedbackId)).size, given.length);
};

/** Throws where something is not as it should be. */
export const verifyWidget = async (executablePath) => {
  const { chromium } = await import('playwright-core');
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  const folder = join(root, '.ratchet', 'verify', 'widget');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const closing = [];
  try {
    const stack = await startStack({ dataDir: join(folder, 'stack'), onProgress: (step) => process.stdout.write(`${step}\n`) });
    closing.push(() => stack.stop());
    const brokers = stack.kafkaBrokers.join(',');
    const port = await freePort();
    const gatewayUrl = `http://127.0.0.1:${port}`;
    const [site, otherSite] = await Promise.all([servePage(gatewayUrl), servePage(gatewayUrl)]);
    closing.push(() => Promise.all([site, otherSite].map(({ server }) => new Promise((resolve) => server.close(resolve).closeAllConnections()))));
    const gateway = await startGateway({ brokers, folder: join(folder, 'gateway'), port, origins: site.origin });
    closing.push(() => gateway.stop());
    const topic = await readFeedback(brokers);
    closing.push(() => topic.stop());
    const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
    closing.push(() => browser.close());
    for (const [name, run] of Object.entries(scenarios({ browser, site: site.origin, otherSite: otherSite.origin }))) {
      process.stdout.write(`${name} ...\n`);
      await run();
    }
    await checkTopic(topic.given);
    process.stdout.write(`${topic.given.length} pieces of feedback on ${TOPIC}, as they were given in ${browser.version()}\n`);
  } finally {
    for (const close of closing.reverse()) await close();
  }
};
