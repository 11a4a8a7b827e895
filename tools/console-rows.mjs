// A console's database as it is after years, made by SQL: every table of the schema is filled, or named as one that stays small.

/** Rows at full scale. */
const SIZES = {
  interactions: 1_000_000, failures: 100_000, late_evidence: 20_000, cycles: 1_000, opportunities: 3_000, opportunity_history: 100_000, datasets: 2_000, dataset_examples: 320_000, versions: 2_000, rollouts: 1_000,
  rollout_transitions: 200_000, review_items: 100_000, decisions: 100_000, verdict_items: 50_000, vitals_by_time: 300_000, report_days: 20_000, alerts: 10_000, webhook_deliveries: 20_000, access_events: 20_000, inbox: 500_000,
  run_counts: 50_000, orders: 5_000, erasures: 500, fixes: 500, users: 500, access_tokens: 2_000, sessions: 2_000,
};
/** What is large enough that it must never be read from one end to the other. */
export const LARGE_ROWS = 20_000;
const TARGETS = 20;
/** Of the last two years; `g` is 1 for the newest. */
const ago = (step) => `now() - (g * interval '${step}')`;
const target = `'assistant', 'w' || (g % ${TARGETS})`;
const at = '2026-01-05T12:00:00.000Z';
const of = { model: 'assistant', workload: 'w0' };

/** Tables that hold the present alone, what is on its way, or what people begin one by one. */
const SMALL = ['migrations', 'inbox_generations', 'inbox_before', 'early_facts', 'outbox', 'sent_events', 'sent_events_generation', 'erased_examples', 'erased_users', 'withheld_targets', 'alert_tellings', 'receiver_troubles', 'webhook_ends', 'review_tallies', 'automation_holds', 'conclusions', 'order_refusals', 'report_contents', 'report_signatures', 'alert_acknowledgements', 'audit_anchors', 'verdict_changes', 'loss_curves', 'run_series', 'experiments', 'experiment_steps'];

/** Bodies as the services publish them, checked by the schemas of their events. */
const bodiesOf = (domain) => {
  const gate = { name: 'no_regression', required: true, verdict: 'passed', value: 0.01, halfWidth: 0.02, n: 400, threshold: -0.02, message: 'no category is worse' };
  const cycle = { cycleId: 'c', ...of, trainingRunId: 'r', baseVersion: 'v1' };
  const interactionIds = Array.from({ length: 300 }, (_, n) => `i${n + 1}`);
  return {
    opportunity: domain.opportunityRanked.schema.parse({
      opportunityId: 'o', clusterId: 'k', ...of, version: 'v1', size: 40, affectedUsers: 30, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: 5, rank: 1, rootCause: 'knowledge_gap', rootCauseConfidence: 0.8,
      rootCauseReason: 'nothing was said of it', fixType: 'knowledge_entries', suggestedFix: 'say it', strategy: 's', commonPatterns: ['parcel', 'late'], representatives: [{ interactionId: 'i1', query: 'where is it', response: 'no' }],
      interactionIds, analysisId: 'a', failuresAnalyzed: 10_000, rankedAt: at, trend: { lastWeek: 20, weekBefore: 10 }, position: { x: 0.5, y: 0.5 },
    }),
    started: domain.trainingStarted.schema.parse({ ...cycle, trigger: 'data_threshold', triggerReason: 'enough', datasetIds: ['d1'], opportunityIds: ['o1'], failuresAnalyzed: 100, exampleCount: 40, trainingConfig: { epochs: 3 }, startedAt: at }),
    judged: domain.candidateJudged.schema.parse({ cycleId: 'c', ...of, version: 'v2', baseVersion: 'v1', outcome: 'passed', gates: [gate], message: 'all passed', judgedAt: at }),
    dataset: domain.datasetVersioned.schema.parse({ datasetId: 'd', ...of, purpose: 'training', trainCount: 40, testCount: 10, contentHash: 'h', opportunityIds: ['o1'], failuresAnalyzed: 100, rejected: [{ reason: 'duplicate', count: 4 }], highPriority: false, versionedAt: at }),
    example: domain.exampleSchema.parse({ exampleId: 'e', input: 'where is my parcel', output: 'in the depot', source: 'user_correction', split: 'train', confidence: 1, lineage: { interactionIds: ['i1'], opportunityId: 'o1' } }),
    version: domain.versionPublished.schema.parse({ versionId: 'v', ...of, ordinal: 1, bundle: { provider: { name: 'p', model: 'm' } }, contentHash: 'h', publishedAt: at }),
    review: domain.reviewItemSchema.parse({ exampleId: 'e', ...of, opportunityId: 'o1', input: 'where is it', output: 'there', source: 'user_correction', confidence: 0.6, reason: 'one user says so', interactionIds: ['i1'], agreeingUsers: 1, state: 'waiting', decisions: [] }),
    routing: domain.routingChanged.schema.parse({ ...of, revision: 1, champion: 'v1', share: 0, stage: 0, salt: 's', stickTo: 'conversation', changedAt: at }),
    changed: { itemId: 'i', exampleId: 'e1', suite: 'target', category: 'c', prompt: 'asked', oldAnswer: 'before', newAnswer: 'after', oldScore: 0, newScore: 1 },
    evidence: { candidate: armOf(), control: armOf(), tests: [{ name: 'success_rate', value: 0.05, lower: -0.01, upper: 0.11, threshold: 0, verdict: 'open' }], formulaVersion: '2' },
  };
};
const armOf = () => ({ units: 100, failedUnits: 10, outcomes: 100, failures: 10, errors: 0, unsafe: 0, latencyP95Ms: 120 });

const words = `(array['refund','invoice','parcel','password','heating','order','cancel','account','change','address','late','broken','price','plan','upgrade','window'])[1 + ((g::bigint * k * 7919 + k * k * 31) % 16)::int]`;
const merged = (fields) => `$1::jsonb || jsonb_build_object(${Object.entries(fields).map(([name, sql]) => `'${name}', ${sql}`).join(', ')})`;
const workload = `'w' || (g % ${TARGETS})`;
const decision = { kind: `(array['rollout', 'verdict', 'promotion', 'rollback', 'review.approve', 'rollout.pause'])[1 + g % 6]`, actor: `case when g % 3 = 0 then 'ana' else 'policy' end` };

/** Each: columns, the select of one row by `g`, and the body that is `$1`. */
const fillingsOf = (bodies) => ({
  interactions: { sql: `select 'c' || (g / 8), 't' || g, ${target}, 'v1', md5((g % 9000)::text), repeat('a question of the user ', 6), repeat('an answer of the model ', 12), null, g % 5 = 0, ${ago('6 seconds')}, ${ago('6 seconds')}` },
  failures: {
    sql: `select 'i' || g, 'c' || (g / 2), ${target}, 'v' || (g / 1000), 'u' || (g % 9000), x.t, x.t, 0.7, 0.4, '[{"name": "correction", "strength": 1, "evidence": {"words": "no"}}]', case when (g / 20) % 50 = 0 then array['correction', 'thumbs_down'] else array['correction'] end, '[]', null, null, false,
      ${ago('1 minute')}, ${ago('1 minute')}, to_tsvector('simple', x.t || ' i' || g)`,
    from: `, lateral (select string_agg(${words}, ' ') as t from generate_series(1, 12) k) x`,
  },
  late_evidence: { sql: `select 's' || g, 'i' || g, md5(g::text), '{"name": "thumbs_down", "strength": 1, "evidence": {}}', now()` },
  clustered_failures: { like: 'failures', sql: `select 'i' || g, 'o' || (1 + g % 300), now()` },
  opportunities: {
    columns: 'opportunity_id, model, workload, priority, body, closed, seen_at', body: bodies.opportunity,
    sql: `select 'o' || g, ${target}, g % 100, ${merged({ opportunityId: `'o' || g`, workload, priority: 'g % 100', size: '10 + g % 500' })}, case when g > 400 then jsonb_build_object('opportunityId', 'o' || g, 'model', 'assistant', 'workload', ${workload}, 'reason', 'fixed', 'version', 'v2', 'closedAt', '${at}') end, ${ago('6 hours')}`,
  },
  opportunity_history: { columns: 'opportunity_id, happened_at, kind, analysis_id, size, affected_users, priority, rank, root_cause, from_ids', sql: `select 'o' || (1 + g % 3000), ${ago('10 minutes')}, 'steady', 'a' || g, 10 + g % 90, 5, g % 50, 1 + g % 20, 'knowledge_gap', '[]'` },
  report_opportunities: { like: 'opportunities', sql: `select 'o' || g, ${target}, 'knowledge_gap', 40, ${ago('6 hours')}, case when g > 400 then ${ago('5 hours')} end, case when g > 400 then 'fixed' end` },
  cycles: {
    body: bodies.started,
    sql: `select 'cy' || g, ${target}, case g % 4 when 0 then 'promoted' when 1 then 'rejected' when 2 then 'rolled back' else 'insufficient' end, 'v' || g,
      jsonb_build_object('started', ${merged({ cycleId: `'cy' || g`, workload, datasetIds: `jsonb_build_array('d' || g)`, opportunityIds: `jsonb_build_array('o' || g)` })}, 'judged', '${JSON.stringify(bodies.judged)}'::jsonb || jsonb_build_object('cycleId', 'cy' || g, 'workload', ${workload}, 'version', 'v' || g)), ${ago('17 hours')}, ${ago('16 hours')}`,
  },
  cycle_datasets: { like: 'cycles', sql: `select 'd' || g, 'cy' || g` },
  datasets: { body: bodies.dataset, sql: `select 'd' || g, ${target}, 'training', ${merged({ datasetId: `'d' || g`, workload, opportunityIds: `jsonb_build_array('o' || (1 + g % 3000))` })}, ${ago('9 hours')}` },
  dataset_examples: { body: bodies.example, sql: `select 'd' || (1 + g % 2000), 'e' || g, 'assistant', 'w' || ((1 + g % 2000) % ${TARGETS}), case when (g / 2000) % 5 = 0 then 'test' else 'train' end, 'user_correction', null, ${merged({ exampleId: `'e' || g`, split: `case when (g / 2000) % 5 = 0 then 'test' else 'train' end` })}` },
  fixes: { sql: `select 'f' || g, ${target}, 'd' || g, jsonb_build_object('fixId', 'f' || g, 'model', 'assistant', 'workload', ${workload}, 'fixType', 'prompt_patch', 'patch', '{}'::jsonb, 'baseVersion', 'v1', 'summary', 'a clearer prompt', 'opportunityIds', jsonb_build_array('o1'), 'proposedAt', '${at}')` },
  verdict_items: { sql: `select 'cy' || (1 + g % 1000), case when (g / 1000) % 2 = 0 then 'better' else 'worse' end, g, ${target}, 'v2', 'v1', 'e' || g, '${JSON.stringify(bodies.changed)}'::jsonb` },
  versions: { body: bodies.version, sql: `select 'v' || g, ${target}, ${merged({ versionId: `'v' || g`, workload, ordinal: 'g' })}` },
  targets: { rows: TARGETS, body: bodies.routing, sql: `select ${target}, ${merged({ workload, champion: `'v' || g` })}, 1` },
  rollouts: { sql: `select 'r' || g, 'cy' || g, ${target}, 'v' || g, 'v1', case when g < 5 then 'RUNNING(1)' else 'PROMOTED' end, g < 5, 1, 0.1, 5, false, 'policy:2', 'the evidence', null, ${ago('17 hours')}, ${ago('16 hours')}, null` },
  rollout_transitions: { sql: `select 'tr' || g, 'r' || (1 + g % 1000), 'advanced', (g / 1000)::int, 'RUNNING(1)', 'RUNNING(2)', 1, 0.1, 'policy:2', 'more evidence', null, null, '${JSON.stringify(bodies.evidence)}'::jsonb, ${ago('5 minutes')}` },
  run_counts: { sql: `select 'r' || (1 + g % 1000), case when (g / 1000) % 2 = 0 then 'candidate' else 'control' end, 'v' || (1 + g % 1000), 1, g / 2000 * 60, 20, 2, 25, 1, 0, '{"buckets": [40], "counts": [25], "sum": 2500, "count": 25}', 0.1, 25` },
  orders: { sql: `select 'or' || g, ${target}, 'rollout.pause', null, 'ana', 'to look at it', ${ago('3 hours')}` },
  review_items: {
    body: bodies.review,
    sql: `select 'e' || g, ${target}, case when (g / 3000) % 10 = 0 then 'waiting' else 'approved' end, ${merged({ exampleId: `'e' || g`, workload, state: `case when (g / 3000) % 10 = 0 then 'waiting' else 'approved' end`, opportunityId: `'o' || (1 + g % 3000)` })}, ${ago('10 minutes')}, 'o' || (1 + g % 3000), 'user_correction', (g % 100) / 100.0, null, null, '{}', null, -(g % 7) - (g % 100) / 101.0`,
  },
  review_decisions: { like: 'review_items', sql: `select 'e' || g, case when g % 3 = 0 then 'ana' else 'bob' end, 'approve', ${ago('10 minutes')}` },
  decisions: { sql: `select 'de' || g, case when (g / 1000) % 5 = 0 then 'cy' || (1 + g % 1000) end, ${target}, ${decision.kind}, ${decision.actor}, 'because', '${JSON.stringify(bodies.judged)}'::jsonb, ${ago('10 minutes')}` },
  decision_records: {
    like: 'decisions', columns: 'sequence, previous_hash, hash, record, recorded_at',
    sql: `select g, md5(g::text) || md5(g::text), md5((g + 1)::text) || md5((g + 1)::text), jsonb_build_object('decision_id', 'de' || g, 'kind', ${decision.kind}, 'actor', ${decision.actor}, 'reason', 'because', 'model', 'assistant', 'workload', ${workload}, 'cycle_id', 'cy' || (1 + g % 1000), 'before', '{}'::jsonb, 'after', '{}'::jsonb, 'happened_at', '${at}'), ${ago('10 minutes')}`,
  },
  audit_records: { like: 'cycles', sql: `select g, 'cy' || g, md5(g::text) || md5(g::text), md5((g + 1)::text) || md5((g + 1)::text), jsonb_build_object('cycle_id', 'cy' || g, 'model', 'assistant', 'workload', ${workload}, 'trigger', 't', 'failures_analyzed', 1, 'data_generated', 1, 'training_config', '{}'::jsonb, 'evaluation_results', '[]'::jsonb, 'deployment_decision', 'promoted', 'rollback_events', '[]'::jsonb, 'human_approvals', '[]'::jsonb, 'timestamp', '${at}'), ${ago('17 hours')}` },
  vitals: { rows: 400, sql: `select ${target}, 'v' || g, 'rest', 0, 1000, 1, 900, 90` },
  vitals_by_time: { sql: `select ${target}, (array[60, 900, 10800, 86400])[1 + (g / ${TARGETS}) % 4], date_trunc('minute', now()) - (g / 80) * (array[60, 900, 10800, 86400])[1 + (g / ${TARGETS}) % 4] * interval '1 second', 'v1', 100, 1, 90, 9` },
  report_days: { sql: `select (now() - (g / ${TARGETS}) * interval '1 day')::date, ${target}, 'v1', 1000, 1, 900, 90` },
  report_spending: { rows: 240, sql: `select to_char(now() - (g / ${TARGETS}) * interval '1 month', 'YYYY-MM'), 'training', ${target}, 5, 10, now()` },
  budgets: { rows: TARGETS, sql: `select 'training', ${target}, jsonb_build_object('component', 'training', 'model', 'assistant', 'workload', ${workload}, 'month', '2026-01', 'run', '{"spentUsd": 1, "limitUsd": null}'::jsonb, 'monthly', '{"spentUsd": 5, "limitUsd": 10}'::jsonb, 'calls', 3, 'changedAt', '${at}'), now()` },
  alerts: { columns: 'alert_id, workload, body, raised_at, resolved_at', sql: `select 'al' || g, ${workload}, jsonb_build_object('alertId', 'al' || g, 'workload', ${workload}, 'name', 'rollout_no_data', 'severity', (array['info', 'warning', 'critical'])[1 + g % 3], 'message', 'm', 'raisedAt', '${at}'), ${ago('100 minutes')}, case when g > 20 then ${ago('90 minutes')} end` },
  webhook_deliveries: { columns: 'webhook, message_id, type, ordering_key, body, state, attempts, next_attempt_at, created_at, last_attempt_at, last_status', sql: `select 'channel:team', 'm' || g, 'ratchet.alert.raised', 'k', '{}', case when g % 50 = 0 then 'gave_up' else 'delivered' end, 1, now(), ${ago('1 minute')}, ${ago('1 minute')}, 200` },
  erasures: { sql: `select 'er' || g, ${target}, '{"service": "data-generator", "userHash": "h", "removed": {"failures": 2}, "datasetIds": [], "versions": []}', ${ago('1 day')}` },
  users: { sql: `select gen_random_uuid(), 'user ' || g, 'viewer', null, null, ${ago('1 day')}, null` },
  access_tokens: { sql: `select gen_random_uuid(), decode(md5(g::text) || md5(g::text), 'hex'), (select user_id from users order by user_id offset g % 400 limit 1), 'label', 'viewer', true, false, ${ago('6 hours')}, 'ana', now() + interval '1 day', null, null` },
  sessions: { sql: `select gen_random_uuid(), decode(md5('s' || g) || md5(g::text), 'hex'), (select user_id from users order by user_id offset g % 400 limit 1), null, ${ago('1 minute')}, ${ago('1 minute')}, now() + interval '1 day', '127.0.0.1', 'a browser'` },
  access_events: { columns: 'kind, name, body, address, happened_at', sql: `select 'signed_in', 'user ' || (g % 400), '{"by": "token"}', '127.0.0.1', ${ago('10 minutes')}` },
  inbox: { sql: `select 'ev' || g, '/ratchet/x', ${ago('1 second')}` },
});

/**
 * Fills the tables. Throws where the schema has a table that is neither filled here nor named as small: whoever adds one says how large it gets.
 *
 * @param scale 1 for years, less for a try
 */
export const fillConsole = async (database, { scale = 1 } = {}) => {
  const domain = await import('../libs/domain/dist/index.js');
  const fillings = fillingsOf(bodiesOf(domain));
  const tables = (await database(`select relname as name from pg_class where relnamespace = 'console'::regnamespace and relkind in ('r', 'p') and not relispartition`)).map(({ name }) => name);
  const unknown = tables.filter((name) => !(name in fillings) && !SMALL.includes(name));
  if (unknown.length > 0) throw new Error(`tools/console-rows.mjs says nothing of how large these tables get: ${unknown.join(', ')}`);
  for (const [table, filling] of Object.entries(fillings)) {
    const { sql, from = '', columns, body, rows, like } = filling;
    const count = rows ?? Math.max(30, Math.ceil((SIZES[like ?? table] ?? 0) * scale));
    await database(`insert into ${table} ${columns ? `(${columns})` : ''} ${sql} from generate_series(1, ${count}) g ${from} on conflict do nothing`, body === undefined ? [] : [JSON.stringify(body)]).catch((error) => {
      throw new Error(`${table}: ${error.message}`);
    });
    const [{ held }] = await database(`select count(*)::int as held from ${table}`);
    // Rows that stand in one another's way are fewer than was meant.
    if (held < 0.95 * count) throw new Error(`${table} has ${held} rows in place of ${count}`);
  }
  await database('analyze');
  return tables;
};

/** Of each route with a place in its path, something that is there once the tables are filled. */
export const places = {
  '/api/opportunities/{id}': { id: 'o1' }, '/api/opportunities/{id}/history': { id: 'o1' }, '/api/failures/{id}': { id: 'i1' }, '/api/audit/{chain}/{sequence}': { chain: 'decisions', sequence: '1' }, '/api/reviews/{id}': { id: 'e1' },
  '/api/cycles/{id}': { id: 'cy1' }, '/api/cycles/{id}/changes': { id: 'cy1' }, '/api/datasets/{id}': { id: 'd1' }, '/api/datasets/{id}/examples': { id: 'd1' }, '/api/rollouts/{id}': { id: 'r1' }, '/api/rollouts/{id}/series': { id: 'r1' },
  '/api/rollouts/{id}/transitions/{transition}': { id: 'r2', transition: 'tr1' }, '/api/orders/{id}': { id: 'or1' }, '/api/alerts/{id}/acknowledgement': { id: 'al1' }, '/api/alert-deliveries/{id}/again': { id: '50' },
  '/api/versions/{model}/{workload}/{version}': { model: 'assistant', workload: 'w1', version: 'v1' }, '/api/versions/{model}/{workload}/{version}/lineage': { model: 'assistant', workload: 'w1', version: 'v1' },
  '/api/reports/{kind}/{period}': { kind: 'monthly', period: new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 7) }, '/api/reports/{kind}/{period}/export': { kind: 'daily', period: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10) },
  '/api/reports/{kind}/{period}/tables/{section}': { kind: 'daily', period: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10), section: 'alerts' },
};
