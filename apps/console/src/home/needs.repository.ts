import { momentaryAlerts, type Need } from '@ratchet/console-api';
import type { AlertRaised, BudgetChanged, OpportunityRanked } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import { boundedCount } from './loop.repository.js';
import { overdueReports } from '../reports/reports.repository.js';

type Queries = Pick<Database, 'query'>;

const EACH_MAX = 20;
const NEEDS_MAX = 100;

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;
const addressOf = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

const alerts = async (db: Queries): Promise<Need[]> => {
  const rows = await db.query<{ body: AlertRaised; at: Date }>(
    `select body, raised_at as at from alerts where resolved_at is null and not body->>'name' = any($1::text[]) order by raised_at desc, alert_id desc limit $2`,
    [momentaryAlerts, EACH_MAX],
  );
  return rows.map(({ body, at }) => ({ kind: 'alert', severity: body.severity, title: `Alert: ${body.name.replaceAll('_', ' ')}`, detail: `${body.workload}: ${body.message}`, path: '/alerts', since: iso(at) }));
};

const rollouts = async (db: Queries): Promise<Need[]> => {
  const rows = await db.query<{ id: string; model: string; workload: string; version: string; state: string; reason: string; at: Date }>(
    `select rollout_id as id, model, workload, version, state, reason, changed_at as at from rollouts
     where is_open and (needs_person or state in ('PAUSED', 'AWAITING_APPROVAL') or state like 'HOLD%') order by changed_at limit $1`,
    [EACH_MAX],
  );
  return rows.map(({ id, model, workload, version, state, reason, at }) => ({
    kind: state === 'AWAITING_APPROVAL' ? 'approval' : 'rollout', severity: 'warning', title: `Rollout of ${version} (${model}/${workload}) is ${state}`, detail: reason, path: addressOf('rollouts', id), since: iso(at),
  }));
};

const verdicts = async (db: Queries): Promise<Need[]> => {
  const rows = await db.query<{ model: string; workload: string; version: string; at: Date }>(
    `select model, workload, version, started_at as at from cycles where ended_at is null and state = 'waiting for a person' and version is not null order by started_at limit $1`,
    [EACH_MAX],
  );
  return rows.map(({ model, workload, version, at }) => ({
    kind: 'verdict', severity: 'warning', title: `${version} (${model}/${workload}) waits for a decision`, detail: 'The gates had too little evidence to decide: approve or reject it.', path: addressOf('versions', model, workload, version), since: iso(at),
  }));
};

const reviews = async (db: Queries): Promise<Need[]> => {
  const [oldest] = await db.query<{ at: Date }>(`select changed_at as at from review_items where state = 'waiting' order by changed_at limit 1`);
  if (!oldest) return [];
  const { count, isMore } = await boundedCount(db, `review_items where state = 'waiting'`);
  const title = count === 1 ? '1 example waits for a review' : `${count.toLocaleString('en')}${isMore ? ' or more' : ''} examples wait for a review`;
  return [{ kind: 'reviews', severity: 'info', title, detail: 'Approved ones become training data.', path: '/reviews', since: iso(oldest.at) }];
};

const rootCauses = async (db: Queries): Promise<Need[]> => {
  const rows = await db.query<{ body: OpportunityRanked; at: Date }>(`select body, seen_at as at from opportunities where closed is null and (body #>> '{diagnosis,needsPerson}') = 'true' order by seen_at limit $1`, [EACH_MAX]);
  return rows.map(({ body, at }) => ({
    kind: 'root_cause', severity: 'info', title: `Root cause of ${body.size} failures is not agreed on`, detail: `${body.model}/${body.workload}: ${body.rootCauseReason}`, path: addressOf('opportunities', body.opportunityId), since: iso(at),
  }));
};

const budgets = async (db: Queries): Promise<Need[]> => {
  const rows = await db.query<{ body: BudgetChanged; at: Date }>(`select body, changed_at as at from budgets where body->'waitingFor' is not null order by changed_at limit $1`, [EACH_MAX]);
  return rows.map(({ body, at }) => ({ kind: 'budget', severity: 'warning', title: `${body.component.replaceAll('_', ' ')} of ${body.workload} waits for its budget`, detail: body.waitingFor?.message ?? '', path: '/alerts', since: iso(at) }));
};

const automation = async (db: Queries): Promise<Need[]> => {
  const rows = await db.query<{ model: string; workload: string; actor: string; reason: string; at: Date }>(`select model, workload, actor, reason, changed_at as at from automation_holds where is_held order by changed_at limit $1`, [EACH_MAX]);
  return rows.map(({ model, workload, actor, reason, at }) => ({ kind: 'automation', severity: 'warning', title: `The automation of ${model}/${workload} is on hold`, detail: `${actor}: ${reason}`, path: '/rollouts', since: iso(at) }));
};

/** One a kind of report: what is left unsigned grows by one every day. */
const reports = async (db: Queries): Promise<Need[]> =>
  [...Map.groupBy(await overdueReports(db), ({ kind }) => kind)].flatMap(([kind, overdue]) => {
    const oldest = overdue.toSorted((a, b) => Date.parse(a.to) - Date.parse(b.to))[0];
    if (!oldest) return [];
    const isOne = overdue.length === 1;
    const title = isOne ? `The ${kind} report of ${oldest.period} is not signed off` : `${overdue.length} ${kind} reports are not signed off, from ${oldest.period} on`;
    return [{ kind: 'report' as const, severity: 'info' as const, title, detail: 'A person reads and signs each closed period.', path: isOne ? addressOf('reports', kind, oldest.period) : '/reports', since: new Date(oldest.to).toISOString() }];
  });

const URGENCY = { critical: 0, warning: 1, info: 2 } as const;

/** The most urgent first, then what has waited longest. */
export const inOrder = (needs: readonly Need[]): Need[] => needs.toSorted((a, b) => URGENCY[a.severity] - URGENCY[b.severity] || (a.since ?? '').localeCompare(b.since ?? '')).slice(0, NEEDS_MAX);

/** Everything that waits for a person. */
export const readNeeds = async (db: Queries): Promise<Need[]> => inOrder((await Promise.all([alerts, rollouts, verdicts, reviews, rootCauses, budgets, automation, reports].map((find) => find(db)))).flat());
