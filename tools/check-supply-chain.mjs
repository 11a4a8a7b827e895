// `node tools/check-supply-chain.mjs`: the checks of supply-chain.mjs, then npm's audit. The last line is `audit skipped: REASON` where no registry answered it.
import { spawnSync } from 'node:child_process';
import { root } from './run-process.mjs';
import { checkSupplyChain } from './supply-chain.mjs';

const AUDIT_TIMEOUT_MS = 60_000;
const MAX_REPORT_BYTES = 64 * 1024 * 1024;

/** What an audit found, as problems, or why there is no finding. An answer without counts is none, whatever npm's exit code is. */
const readAudit = ({ stdout, error }) => {
  if (error) return { skipped: error.message };
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { skipped: 'npm gave no report' };
  }
  if (!report.metadata?.vulnerabilities) return { skipped: report.message ?? 'the report has no counts' };
  const severe = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) => severity === 'high' || severity === 'critical');
  return { problems: severe.map(({ name, severity, range }) => `${name} ${range}: ${severity} vulnerability`) };
};

const audit = () => readAudit(spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8', timeout: AUDIT_TIMEOUT_MS, maxBuffer: MAX_REPORT_BYTES, shell: process.platform === 'win32' }));

const { problems, direct, locked } = checkSupplyChain(root);
const audited = audit();
const all = [...problems, ...(audited.problems ?? [])];
for (const problem of all) process.stdout.write(`${problem}\n`);
process.stdout.write(`supply chain: ${direct} direct dependencies on record, ${locked} packages in the lock file, ${all.length} problems\n`);
if (audited.skipped) process.stdout.write(`audit skipped: ${audited.skipped}\n`);
process.exit(all.length > 0 ? 1 : 0);
