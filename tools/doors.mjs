// Builds, and runs a program that tries the gateway's doors: `node tools/doors.mjs recipes|hostile [options]`.
import { runEndToEnd } from './end-to-end.mjs';

const [program, ...args] = process.argv.slice(2);

await runEndToEnd(`doors/${program}-main`, args, { timeoutMs: 60 * 60_000 });
