// Everything is written with textContent: what users and models wrote never becomes markup.
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : '–');
const time = (value) => (value ? new Date(value).toLocaleTimeString() : '');

const table = (id, columns, rows) => {
  const element = document.createElement('table');
  const head = element.createTHead().insertRow();
  for (const [title] of columns) {
    const cell = document.createElement('th');
    cell.textContent = title;
    head.append(cell);
  }
  const body = element.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const [, read] of columns) {
      const value = read(row);
      const cell = line.insertCell();
      cell.textContent = value ?? '';
      if (typeof value === 'number') cell.className = 'number';
    }
  }
  const place = document.getElementById(id);
  if (rows.length === 0) place.textContent = 'nothing yet';
  else place.replaceChildren(element);
};

const read = async (path) => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
};

const refresh = async () => {
  const [status, { cycles }, { decisions }, { opportunities }, { verdict, records }, { interactions }, { budgets }] = await Promise.all(
    ['/api/status', '/api/cycles?limit=20', '/api/decisions?limit=20', '/api/opportunities?limit=15', '/api/audit', '/api/interactions?limit=15', '/api/budgets'].map(read),
  );
  table('targets', [['model', (t) => t.model], ['workload', (t) => t.workload], ['champion', (t) => t.routing.champion], ['candidate', (t) => t.routing.candidate ?? '–'], ['share', (t) => percent(t.routing.share, 1)], ['stage', (t) => t.routing.stage], ['revision', (t) => t.routing.revision]], status.targets);
  table('versions', [['model', (v) => v.model], ['version', (v) => v.version], ['requests', (v) => v.requests], ['outcomes', (v) => v.outcomes], ['failure rate', (v) => percent(v.failures, v.outcomes)], ['errors', (v) => v.errors]], status.versions);
  table('cycles', [['started', (c) => time(c.startedAt)], ['cycle', (c) => c.cycleId], ['trigger', (c) => c.facts.started.trigger], ['examples', (c) => c.facts.started.exampleCount], ['base', (c) => c.facts.started.baseVersion], ['candidate', (c) => c.version ?? '–'], ['state', (c) => c.state]], cycles);
  table('decisions', [['at', (d) => time(d.happenedAt)], ['what', (d) => d.kind], ['who', (d) => d.actor], ['why', (d) => d.reason]], decisions);
  table('opportunities', [['priority', (o) => Number(o.priority.toFixed(2))], ['failures', (o) => o.size], ['users', (o) => o.affectedUsers], ['root cause', (o) => o.rootCause], ['fix', (o) => o.fixType], ['patterns', (o) => o.commonPatterns.join(', ')]], opportunities);
  const dollars = ({ spentUsd, limitUsd }) => `$${spentUsd.toFixed(2)}${limitUsd === null ? '' : ` of $${limitUsd.toFixed(2)}`}`;
  table('budgets', [['at', (b) => time(b.changedAt)], ['component', (b) => b.component.replaceAll('_', ' ')], ['workload', (b) => b.workload], ['last run', (b) => dollars(b.run)], ['month', (b) => dollars(b.monthly)], ['waits because', (b) => b.waitingFor?.message ?? '–']], budgets);
  table('audit', [['#', (r) => r.sequence], ['cycle', (r) => r.record.cycle_id], ['trigger', (r) => r.record.trigger], ['decision', (r) => r.record.deployment_decision], ['hash', (r) => r.hash.slice(0, 16)]], records.slice(-20).reverse());
  document.getElementById('chain').textContent = verdict.valid ? `${verdict.records} records, chain valid, head ${verdict.head.slice(0, 16)}` : `The chain is broken: ${verdict.problem}`;
  table('interactions', [['seen', (i) => time(i.seenAt)], ['version', (i) => i.version], ['query', (i) => i.query], ['reply', (i) => i.reply]], interactions);
  document.getElementById('state').textContent = `${status.openOpportunities} open opportunities, ${status.alerts.length} alerts, read at ${new Date().toLocaleTimeString()}`;
};

const loop = async () => {
  await refresh().catch((error) => (document.getElementById('state').textContent = `cannot read: ${error.message}`));
  setTimeout(loop, 1000);
};
loop();
