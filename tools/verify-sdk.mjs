// The published package: what `npm pack` makes is imported by plain Node and by a browser, and both must give what vectors.json says; so must the
// Python of its README. `npm run verify -- sdk`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { root } from './run-process.mjs';

const sdk = join(root, 'libs/sdk');

/** Runs in Node and, as text, in the page: it may use nothing from here. */
const computeAll = ({ armOf, assign, bucketOf, murmur3, routeRequest }, vectors) => {
  const optional = (controlShare) => controlShare ?? undefined;
  const routing = { champion: 'v1', candidate: 'v2', rolloutId: 'r', stage: 2, stickTo: 'conversation' };
  return JSON.stringify({
    murmur3: vectors.murmur3.map(({ text }) => ({ text, hash: murmur3(text) })),
    arms: vectors.arms.map(({ bucket, share, controlShare }) => ({ bucket, share, controlShare, arm: armOf({ bucket, share, controlShare: optional(controlShare) }) })),
    assignments: vectors.assignments.map(({ salt, key, share, controlShare }) => {
      const { arm } = assign({ salt, key, share, controlShare: optional(controlShare), candidate: 'v2', champion: 'v1' });
      const routed = routeRequest({ routing: { ...routing, salt, share, controlShare: optional(controlShare) }, conversationId: key });
      if (routed.assignment.arm !== arm) throw new Error(`${salt}:${key} is routed to ${routed.assignment.arm}`);
      return { salt, key, bucket: bucketOf(salt, key), share, controlShare, arm };
    }),
  });
};

const pack = (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (program, args, cwd) => {
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
    if (error || status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
    return stdout;
  };
  const [{ filename, size, files }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], sdk));
  assert.deepEqual(files.filter(({ path }) => /\.spec\.|\.tsx?config|\.built-from/.test(path)), [], 'files that nobody needs are packed');
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, filename)], folder);
  return { size, installed: join(folder, 'node_modules/@ratchet/sdk') };
};

const inNode = (folder) => {
  const script = `import * as sdk from '@ratchet/sdk';\nimport vectors from '@ratchet/sdk/vectors.json' with { type: 'json' };\nprocess.stdout.write((${computeAll})(sdk, vectors));\n`;
  writeFileSync(join(folder, 'compute.mjs'), script);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['compute.mjs'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
};

const inBrowser = async (browser, installed) => {
  const types = { js: 'text/javascript', json: 'application/json' };
  const server = createServer(({ url }, response) => {
    const type = types[url.split('.').at(-1)];
    response.writeHead(200, { 'content-type': type ?? 'text/html' });
    response.end(type ? readFileSync(join(installed, url)) : '<!doctype html><title>sdk</title>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { chromium } = createRequire(import.meta.url)('playwright-core');
  const opened = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  try {
    const page = await opened.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(`(async () => (${computeAll})(await import('/dist/index.js'), await (await fetch('/vectors.json')).json()))()`);
  } finally {
    await opened.close();
    server.close();
  }
};

/** The code of the README below the mark of this name. */
const snippet = (installed, name) => {
  const [, source] = new RegExp(`<!-- verified: ${name} -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(readFileSync(join(installed, 'README.md'), 'utf8')) ?? [];
  assert.ok(source, `the README has no code ${name}`);
  return source;
};

const record = (data, type = 'ratchet.routing.changed') => ({ message: { headers: { ce_type: Buffer.from(type) }, value: data && Buffer.from(JSON.stringify(data)) } });

/** The README's way to follow the routing, with records in place of a broker: late, contradictory, of another type, and a tombstone. */
const following = async (folder, installed) => {
  const routing = { model: 'm', workload: 'w', champion: 'v1', candidate: 'v2', rolloutId: 'r', salt: 'r', stage: 1, stickTo: 'conversation' };
  const records = [
    record({ ...routing, revision: 2, share: 0.05 }),
    record({ ...routing, revision: 1, share: 0.01 }),
    record({ ...routing, revision: 3, share: 0.7, controlShare: 0.7 }),
    record({ ...routing, revision: 4, share: 1 }, 'another.type'),
    record(null),
    record({ ...routing, workload: 'x', revision: 1, share: 0 }),
  ];
  writeFileSync(join(folder, 'follow.mjs'), `export default async (kafka) => {\n${snippet(installed, 'follow').replace(/^import (.*) from '(.*)';$/m, "const $1 = await import('$2');")}\nreturn routings;\n};\n`);
  const follow = (await import(pathToFileURL(join(folder, 'follow.mjs')))).default;
  const consumer = { connect: async () => undefined, subscribe: async () => undefined, run: async ({ eachMessage }) => { for (const each of records) await eachMessage(each); } };
  const routings = await follow({ consumer: () => consumer });
  assert.deepEqual([...routings].map(([target, { revision, share }]) => [target, revision, share]), [['m/w', 2, 0.05], ['m/x', 1, 0]]);
};

const inPython = (folder, installed) => {
  const check = `
import json
vectors = json.load(open(${JSON.stringify(join(installed, 'vectors.json'))}, encoding="utf-8"))
for row in vectors["murmur3"]:
    row["hash"] = murmur3(row["text"])
for row in vectors["assignments"]:
    row["bucket"] = bucket_of(row["salt"], row["key"])
for row in vectors["arms"] + vectors["assignments"]:
    row["arm"] = arm_of(row["bucket"], row["share"], row["controlShare"])
print(json.dumps(vectors))
`;
  writeFileSync(join(folder, 'vectors.py'), snippet(installed, 'python') + check);
  const { status, stdout, stderr, error } = spawnSync('python3', ['vectors.py'], { cwd: folder, encoding: 'utf8' });
  if (error) return undefined;
  assert.equal(status, 0, stderr);
  return stdout;
};

const sizes = async (installed) => {
  const { minify } = createRequire(import.meta.url)('@swc/core');
  const sources = readdirSync(join(installed, 'dist')).filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(installed, 'dist', name), 'utf8'));
  const small = (await Promise.all(sources.map((source) => minify(source, { module: true, compress: true, mangle: true })))).map(({ code }) => code).join('\n');
  return { minified: small.length, gzipped: gzipSync(small).length };
};

/** Throws where one of them gives something else; the browser is left out where there is none. */
export const verifySdk = async (folder, browser) => {
  const { size, installed } = pack(folder);
  const vectors = JSON.parse(readFileSync(join(installed, 'vectors.json'), 'utf8'));
  assert.deepEqual(JSON.parse(inNode(folder)), vectors, 'Node');
  if (browser) assert.deepEqual(JSON.parse(await inBrowser(browser, installed)), vectors, 'browser');
  await following(folder, installed);
  const python = inPython(folder, installed);
  if (python !== undefined) assert.deepEqual(JSON.parse(python), vectors, 'Python');
  const { minified, gzipped } = await sizes(installed);
  const count = Object.values(vectors).reduce((sum, rows) => sum + rows.length, 0);
  const checked = ['Node', browser && 'Chromium', python !== undefined && 'Python'].filter(Boolean).join(', ');
  process.stdout.write(`${count} vectors, the same in ${checked}; package ${size} bytes, code minified ${minified}, gzipped ${gzipped}\n`);
};
