import { createHash } from 'node:crypto';
import { dueAfterDays, type FrozenReport, periodOf, type ReportContent, type ReportKind, reportKinds, type ReportListed, spanOf } from '@ratchet/console-api';
import { canonicalJson } from '@ratchet/domain';
import { storable } from '@ratchet/persistence';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;
const DAY_MS = 86_400_000;
/** Of each kind, older ones are no longer asked for: nobody remembers. */
const ASKED_FOR = { daily: 7, weekly: 4, monthly: 3 } as const;

/** Of canonical JSON, so that the order of fields does not matter. */
export const hashOf = (content: ReportContent): string => createHash('sha256').update(canonicalJson(content)).digest('hex');

export const frozenReports = async (db: Queries, kind: ReportKind, period: string): Promise<FrozenReport[]> => {
  const rows = await db.query<{ hash: string; content: string; frozenAt: Date; signer: string; role: string; note: string; signedAt: Date }>(
    `select c.hash, c.content, c.frozen_at as "frozenAt", s.signer, s.role, s.note, s.signed_at as "signedAt" from report_contents as c join report_signatures as s using (kind, period, hash)
     where kind = $1 and period = $2 order by c.frozen_at, c.hash, s.signed_at, s.signer`,
    [kind, period],
  );
  const frozen = new Map<string, FrozenReport>();
  for (const { hash, content, frozenAt, signer, role, note, signedAt } of rows) {
    const known = frozen.get(hash) ?? { hash, frozenAt: frozenAt.toISOString(), content: JSON.parse(content) as ReportContent, signatures: [] };
    frozen.set(hash, { ...known, signatures: [...known.signatures, { signer, role, note, signedAt: signedAt.toISOString() }] });
  }
  return [...frozen.values()];
};

export interface Signing {
  readonly content: ReportContent;
  readonly hash: string;
  readonly signer: string;
  readonly role: string;
  readonly note: string;
}

/** False where the same person has signed the same content before. */
export const addSignature = async (tx: Transaction, { content, hash, signer, role, note }: Signing): Promise<boolean> => {
  const { kind, period } = content;
  await tx.query('insert into report_contents (kind, period, hash, content) values ($1, $2, $3, $4) on conflict do nothing', [kind, period, hash, canonicalJson(content)]);
  return (await tx.query('insert into report_signatures (kind, period, hash, signer, role, note) values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning hash', [kind, period, hash, signer, role, storable(note)])).length > 0;
};

export const signedPeriods = async (db: Queries, kind: ReportKind, periods: readonly string[]): Promise<Map<string, string[]>> => {
  const rows = await db.query<{ period: string; signers: string[] }>('select period, array_agg(distinct signer order by signer) as signers from report_signatures where kind = $1 and period = any($2::text[]) group by period', [kind, periods]);
  return new Map(rows.map(({ period, signers }) => [period, signers]));
};

/** When the console knows of the first thing; undefined where it knows of nothing. */
const firstFactMs = async (db: Queries): Promise<number | undefined> => {
  const [row] = await db.query<{ first: Date | null }>(
    `select least((select started_at from cycles order by started_at limit 1), (select raised_at from alerts order by raised_at limit 1), (select day::timestamp at time zone 'UTC' from report_days order by day limit 1)) as first`,
  );
  return row?.first?.getTime();
};

/** Periods from `beforeMs` back, the newest first, as far as there are facts. */
export const listReports = async (db: Queries, { kind, beforeMs, limit, nowMs }: { readonly kind: ReportKind; readonly beforeMs: number; readonly limit: number; readonly nowMs: number }): Promise<ReportListed[]> => {
  const first = await firstFactMs(db);
  if (first === undefined) return [];
  const spans: { period: string; from: number; to: number }[] = [];
  for (let ms = beforeMs; spans.length < limit; ) {
    const period = periodOf(kind, ms);
    const span = spanOf(kind, period);
    if (!span || span.to <= first) break;
    spans.push({ period, ...span });
    ms = span.from - 1;
  }
  const signed = await signedPeriods(db, kind, spans.map(({ period }) => period));
  return spans.map(({ period, from, to }) => {
    const signers = signed.get(period) ?? [];
    return { kind, period, from: new Date(from).toISOString(), to: new Date(to).toISOString(), closed: to <= nowMs, overdue: signers.length === 0 && to + dueAfterDays[kind] * DAY_MS <= nowMs, signers };
  });
};

/** Reports that should have been signed by now: of the last 7 days, 4 weeks and 3 months. */
export const overdueReports = async (db: Queries, nowMs = Date.now()): Promise<ReportListed[]> => {
  const all = await Promise.all(reportKinds.map((kind) => listReports(db, { kind, beforeMs: nowMs, limit: ASKED_FOR[kind] + 2, nowMs })));
  return all.flatMap((listed) => listed.filter(({ overdue }) => overdue));
};
