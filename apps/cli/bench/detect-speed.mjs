// Interactions a second of processor time that `ratchet detect` takes, the whole command on a file: start, reading, parsing, detection,
// writing. Both shapes of logs: conversations on a line each, and events of many conversations mixed.
// Usage: node bench/detect-speed.mjs [interactions]     (build the command line first)
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trafficOf } from '../../signal-detector/bench/traffic.mjs';

const interactions = Number(process.argv[2] ?? 200_000);
const BATCH = 1_000;
const folder = mkdtempSync(join(tmpdir(), 'ratchet-detect-'));
const files = { events: join(folder, 'events.jsonl'), conversations: join(folder, 'conversations.jsonl') };

const writeLogs = () => {
  const events = openSync(files.events, 'w');
  const conversations = new Map();
  const traffic = trafficOf({ batch: BATCH });
  for (let written = 0; written < interactions; written += BATCH) {
    const lines = traffic.next().value.map(({ value, headers }) => {
      const data = JSON.parse(value);
      const turns = conversations.get(data.conversationId) ?? [];
      turns.push({ role: 'user', text: data.input[0].content, at: data.startedAt }, { role: 'assistant', text: data.output.content, at: new Date(Date.parse(data.startedAt) + data.latencyMs).toISOString() });
      conversations.set(data.conversationId, turns);
      return JSON.stringify({ specversion: '1.0', id: String(headers.ce_id), source: '/bench', type: String(headers.ce_type), time: String(headers.ce_time), data });
    });
    writeSync(events, `${lines.join('\n')}\n`);
  }
  closeSync(events);
  const whole = openSync(files.conversations, 'w');
  for (const [id, turns] of conversations) writeSync(whole, `${JSON.stringify({ id, turns })}\n`);
  closeSync(whole);
};

/** Runs the command as a process of its own, which says at its end what it took. */
const run = (file) => {
  const out = openSync(join(folder, 'out.jsonl'), 'w');
  const started = performance.now();
  const script = `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(JSON.stringify({ cpuMs: (user + system) / 1000, maxRssMb: process.resourceUsage().maxRSS / 1024 })); });`;
  const bin = fileURLToPath(new URL('../bin/ratchet.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(script)}`, bin, 'detect', file], { stdio: ['ignore', out, 'pipe'], encoding: 'utf8' });
  closeSync(out);
  if (status !== 0) throw new Error(stderr);
  const { cpuMs, maxRssMb } = JSON.parse(stderr.slice(stderr.lastIndexOf('{')));
  return { cpuMs, maxRssMb, wallMs: performance.now() - started };
};

try {
  writeLogs();
  for (const [name, file] of Object.entries(files)) {
    run(file);
    const { cpuMs, maxRssMb, wallMs } = run(file);
    console.log(`${name.padEnd(14)} ${Math.round((interactions * 1_000) / cpuMs)} a second of processor time, ${Math.round((interactions * 1_000) / wallMs)} a second by the clock, at most ${Math.round(maxRssMb)} MB`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
