// Builds the workspace projects whose sources changed since their last build. It calls the compiler itself: the task runner
// takes seconds to start, and a command line that is called from scripts has a fraction of one.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STAMP = join('dist', '.built-from');
const LOCK_WAIT_MS = 10 * 60_000;
const LOCK_POLL_MS = 100;

/** A build that did not succeed; the message says which and why. */
export class BuildError extends Error {}

/** A web page is checked by the compiler and bundled by Vite. */
const isPage = (path) => existsSync(join(path, 'vite.config.mjs'));

const workspaceProjects = (root) => {
  const projects = new Map();
  for (const group of ['libs', 'apps']) {
    for (const folder of readdirSync(join(root, group))) {
      const path = join(root, group, folder);
      if (!existsSync(join(path, 'tsconfig.build.json')) && !isPage(path)) continue;
      const { name, dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
      // All that a page needs is in its bundle, so nothing is a dependency of what runs.
      projects.set(name, { name, path, group, dependencies: Object.keys(isPage(path) ? devDependencies : dependencies) });
    }
  }
  return projects;
};

/**
 * The projects that a command runs from, dependencies first: `needed` and what they depend on, then the entry itself; without
 * `needed`, everything that the entry depends on, and with `services` every app.
 */
export const projectsOf = (root, { entry, needed, services }) => {
  const projects = workspaceProjects(root);
  const ordered = new Map();
  const visit = (name) => {
    const project = projects.get(name);
    if (!project || ordered.has(name)) return;
    // Set before the visit of the dependencies, so that a cycle ends; moved behind them afterwards.
    ordered.set(name, project);
    project.dependencies.forEach(visit);
    ordered.delete(name);
    ordered.set(name, project);
  };
  (needed ?? projects.get(entry)?.dependencies ?? []).forEach(visit);
  if (services) [...projects.values()].filter(({ group, name }) => group === 'apps' && name !== '@ratchet/e2e').forEach(({ name }) => visit(name));
  ordered.set(entry, projects.get(entry));
  return [...ordered.values()];
};

/** Lists of words and weights are imported as JSON, and stand in the build as well. */
const isSource = (name) => /\.(tsx?|json|css)$/.test(name) && !/\.(spec|itest)\.tsx?$/.test(name);

/** A digest of everything that the build reads of a project; contents, because copies and checkouts do not keep times. */
const digestOf = (root, { path }) => {
  const hash = createHash('sha1');
  const add = (file) => {
    hash.update(file.slice(root.length));
    if (existsSync(file)) hash.update(readFileSync(file));
  };
  ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.mjs', 'index.html'].forEach((name) => add(join(path, name)));
  add(join(root, 'tsconfig.base.json'));
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory()) walk(join(folder, entry.name));
      else if (isSource(entry.name)) add(join(folder, entry.name));
    }
  };
  walk(join(path, 'src'));
  return hash.digest('hex');
};

const stampOf = ({ path }) => {
  try {
    return readFileSync(join(path, STAMP), 'utf8');
  } catch {
    return undefined;
  }
};

const staleProjects = (root, projects) =>
  projects.flatMap((project) => {
    // An installation without sources, such as a container image, runs what it was given.
    if (!existsSync(join(project.path, 'src'))) return [];
    const digest = digestOf(root, project);
    return digest === stampOf(project) ? [] : [{ project, digest }];
  });

/** Marks a build by whoever made it as that of the present sources. */
export const stampBuild = (root, path) => writeFileSync(join(path, STAMP), digestOf(root, { path }));

/** Brings the builds of the given projects up to date; does nothing, in a few milliseconds, where they are. */
export const buildStale = async (root, projects) => {
  if (staleProjects(root, projects).length === 0) return;
  const release = await takeLock(root);
  try {
    // Another start may have built them while this one waited.
    for (const { project, digest } of staleProjects(root, projects)) {
      process.stderr.write(`ratchet: building ${project.name}\n`);
      await compile(root, project);
      writeFileSync(join(project.path, STAMP), digest);
    }
  } finally {
    release();
  }
};

/** npm puts a tool beside the project that alone needs it, where the root has another version or none. */
const toolPath = (root, path, tool) => {
  for (const folder of [path, root]) {
    try {
      return realpathSync(join(folder, 'node_modules', '.bin', tool));
    } catch {
      // Not here.
    }
  }
  throw new BuildError(`there is no ${tool} to build with; run \`npm ci\` in ${root} first.`);
};

const compile = async (root, project) => {
  if (!isPage(project.path)) return runTool(root, project, 'tsc', ['-p', 'tsconfig.build.json']);
  await runTool(root, project, 'tsc', ['-p', 'tsconfig.json']);
  return runTool(root, project, 'vite', ['build', '--logLevel', 'warn']);
};

const runTool = (root, { name, path }, tool, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [toolPath(root, path, tool), ...args], { cwd: path, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => reject(new BuildError(`cannot build ${name}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new BuildError(`cannot build ${name} (${tool} ${args.join(' ')} in ${path}):\n${Buffer.concat(output).toString('utf8')}`));
    });
  });

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const takeLock = async (root) => {
  const folder = join(root, '.ratchet');
  const lock = join(folder, 'build.lock');
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw new BuildError(`cannot write ${lock}: ${error.message}`);
    }
    const owner = readOwner(lock);
    if (owner !== undefined && !isAlive(owner)) rmSync(lock, { force: true });
    else if (Date.now() > deadline) throw new BuildError(`another build still holds ${lock}; delete it if none is running.`);
    else await sleep(LOCK_POLL_MS);
  }
};

/** The process that holds the lock, or undefined while that is being written or just went away. */
const readOwner = (lock) => {
  try {
    const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
};
