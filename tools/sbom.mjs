// `npm run sbom [-- FILE]`: the bill of materials in CycloneDX's JSON, by npm itself from the lock file, checked for its shape. Where it is not said otherwise it goes to .ratchet/sbom.cdx.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './run-process.mjs';

const MAX_BYTES = 64 * 1024 * 1024;
// Two development packages ask for peers in versions that others rule out; npm gives no bill where it looks at peers.
const ARGUMENTS = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--legacy-peer-deps'];

const lockedIn = (packages) => new Set(Object.entries(packages).flatMap(([path, { name, version, link }]) => (path.includes('node_modules/') && !link ? [`${name ?? path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`] : [])));

/** What is wrong with a bill: fields that CycloneDX demands, references that lead nowhere, packages of the lock file that it leaves out. */
const problemsOf = (bill, packages) => {
  const { components = [], dependencies = [] } = bill;
  const refs = new Set([bill.metadata?.component?.['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  const purls = new Set(components.map(({ purl }) => decodeURIComponent(String(purl).replace('pkg:npm/', '').split('?')[0])));
  return [
    ...(bill.bomFormat === 'CycloneDX' && /^1\.\d$/.test(bill.specVersion) && bill.metadata?.timestamp ? [] : ['it is not a CycloneDX document']),
    ...(refs.size === components.length + 1 ? [] : ['two components have the same reference']),
    ...components.filter(({ type, name, version, purl }) => !type || !name || !version || !purl).map((component) => `a component without type, name, version or purl: ${component['bom-ref']}`),
    ...dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn].filter((name) => !refs.has(name)).map((name) => `a dependency on ${name}, which is no component`)),
    ...[...lockedIn(packages)].filter((name) => !purls.has(name)).map((name) => `${name} is left out`),
  ];
};

const file = resolve(process.argv[2] ?? join(root, '.ratchet', 'sbom.cdx.json'));
const { status, stdout, stderr, error } = spawnSync('npm', ARGUMENTS, { cwd: root, encoding: 'utf8', maxBuffer: MAX_BYTES, shell: process.platform === 'win32' });
if (status !== 0) {
  process.stderr.write(`npm sbom failed: ${error?.message ?? stderr}\n`);
  process.exit(1);
}
const bill = JSON.parse(stdout);
// Npm names it by the folder of the checkout.
bill.metadata.component.name = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name;
const problems = problemsOf(bill, JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
process.stdout.write(`${file}: CycloneDX ${bill.specVersion}, ${bill.components.length} components\n`);
