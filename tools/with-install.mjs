// node tools/with-install.mjs SCRIPT [ARGUMENT...]: installs the dependencies where they are missing or older than the lock file,
// and then runs the script under the Node that comes with them. Itself it runs on any Node that can run npm.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundledNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const marker = join(root, 'node_modules', '.installed-from');

/** The lock file's content, and not its age: a checkout does not keep times. */
const lockDigest = () => createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');

const isInstalled = () => existsSync(bundledNode) && existsSync(marker) && readFileSync(marker, 'utf8') === lockDigest();

/** An installation that npm made by itself: npm leaves a copy of the lock, so it need not be made again. */
const isInstalledByNpm = () => {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(bundledNode) || !existsSync(installed)) return false;
  const versionsIn = (file) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link).map(([path, { version }]) => [path, version]));
  };
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = versionsIn(installed);
  // Optional packages are those of other platforms too.
  return [...versionsIn(join(root, 'package-lock.json'))].every(([path, version]) => present.get(path) === version || wanted[path].optional === true);
};

const install = () => {
  process.stderr.write('installing the dependencies (npm ci)\n');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) {
    process.stderr.write(`npm ci failed${error ? `: ${error.message}` : ''}. Its own message above says why; without network, run it once where there is one.\n`);
    process.exit(status || 1);
  }
};

const [script, ...args] = process.argv.slice(2);
if (!script) {
  process.stderr.write('usage: node tools/with-install.mjs SCRIPT [ARGUMENT...]\n');
  process.exit(2);
}

if (!isInstalled()) {
  if (!isInstalledByNpm()) install();
  writeFileSync(marker, lockDigest());
}

const child = spawn(bundledNode, [resolve(root, script), ...args], { cwd: root, stdio: 'inherit' });
// A terminal sends its interrupt to both processes; passing it on would look like a second one.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`cannot start ${bundledNode}: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
