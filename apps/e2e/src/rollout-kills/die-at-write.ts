// Loaded into a service by `node --import`: ends the process by SIGKILL just before or just after one of its writes to PostgreSQL.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import pg from 'pg';
import { beginsTransaction, labelOfWrite, type DeathWarrant } from './death-warrant.js';

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

const { DIE_FILE: warrantFile = '', WRITES_FILE: writesFile = '' } = process.env;
/** By connection: whether its open transaction has written. */
const transactions = new WeakMap<pg.Client, { wrote: boolean }>();
let serving = '';
let count = 0;

/** Nothing of this process happens after it: the file goes first, or the next process would die of it as well. */
const die = (): never => {
  rmSync(warrantFile);
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
};

const warrantFor = (label: string): DeathWarrant | undefined => {
  if (!existsSync(warrantFile)) return undefined;
  const warrant = JSON.parse(readFileSync(warrantFile, 'utf8')) as DeathWarrant;
  if (warrant.id !== serving) [serving, count] = [warrant.id, 0];
  count += 1;
  appendFileSync(writesFile, `${warrant.id}\t${label}\n`);
  return warrant.at === count ? warrant : undefined;
};

const original = pg.Client.prototype.query as unknown as Query;

const dyingQuery: Query = function (...args) {
  const [statement] = args;
  const text = typeof statement === 'string' ? statement : ((statement as { text?: string } | undefined)?.text ?? '');
  if (beginsTransaction(text)) transactions.set(this, { wrote: false });
  const transaction = transactions.get(this);
  const label = labelOfWrite(text, transaction?.wrote ?? false);
  if (/^\s*(?:commit|rollback)\b/iu.test(text)) transactions.delete(this);
  if (label === undefined) return original.apply(this, args);
  if (transaction) transaction.wrote = true;
  const warrant = warrantFor(label);
  if (warrant?.when === 'before') die();
  if (warrant === undefined) return original.apply(this, args);
  const callback = args.at(-1);
  if (typeof callback === 'function') return original.apply(this, [...args.slice(0, -1), die]);
  return (original.apply(this, args) as Promise<unknown>).then(die, die);
};

pg.Client.prototype.query = dyingQuery as unknown as typeof pg.Client.prototype.query;
