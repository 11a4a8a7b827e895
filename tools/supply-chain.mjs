// What is asked of everything that comes from a registry: a reason on record, an exact version, a licence that is allowed. No network is used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RECORD = 'docs/internals/dependencies.md';
const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** None asks for more than a notice and the licence's text; docs/operating/supply-chain.md says why each is here. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BSL-1.0', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'PSF-2.0', 'Python-2.0', 'Unlicense']);

/** Licences that ask for more, for packages that are used at development time only and unchanged. */
const ALLOWED_IN_DEVELOPMENT = [
  { license: 'MPL-2.0', packages: /^(?:axe-core|lightningcss(?:-[\w-]+)?)$/ },
  { license: 'CC-BY-4.0', packages: /^caniuse-lite$/ },
];

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

const nameAt = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Whether an SPDX expression is met: all parts of an `AND`, one of an `OR`. Npm's packages nest neither. */
export const isAllowed = (expression, allows) => {
  const bare = expression.replace(/[()]/g, ' ').trim();
  if (bare.includes(' OR ') && bare.includes(' AND ')) return false;
  const parts = bare.split(/ (?:OR|AND) /).map((part) => part.trim());
  return bare.includes(' OR ') ? parts.some(allows) : parts.every(allows);
};

/** Names in the first column, with what else their rows say; `@scope/{a,b}` stands for two. */
export const recordedIn = (markdown) => {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.flatMap((row) => {
      const [names, license, purpose, reason] = row.split(/(?<!\\)\|/).slice(1, 5).map((cell) => cell.trim());
      const expanded = [...names.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => {
        const [, before, list] = /^(.*)\{(.+)\}$/.exec(name) ?? [];
        return list ? list.split(',').map((end) => before + end) : [name];
      });
      return expanded.map((name) => [name, { license, purpose, reason }]);
    }),
  );
};

/** Every package.json of the repository with where it is. */
const manifestsIn = (root) => {
  const folders = ['apps', 'libs'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => `${kind}/${name}`));
  return ['.', ...folders].map((folder) => ({ folder, manifest: readJson(join(root, folder, 'package.json')) }));
};

/** What the project itself asks for: name, version asked, and who asks. */
const directIn = (manifests) => {
  const own = new Set(manifests.map(({ manifest }) => manifest.name));
  return manifests.flatMap(({ folder, manifest }) =>
    KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}).map(([name, version]) => ({ name, version, folder }))).filter(({ name }) => !own.has(name)),
  );
};

/** Problems with versions: any that is not exact, and any package that two projects want in different ones. */
export const versionProblems = (direct) => {
  const first = new Map();
  return direct.flatMap(({ name, version, folder }) => {
    if (!EXACT.test(version)) return [`${folder}/package.json: ${name} is asked for as ${version}, which is not one version`];
    const other = first.get(name);
    if (!other) first.set(name, { version, folder });
    return other && other.version !== version ? [`${name}: ${version} in ${folder}, ${other.version} in ${other.folder}`] : [];
  });
};

/** Problems with the record: what is missing or empty in it, and what is in it without being asked for. */
export const recordProblems = (direct, recorded) => {
  const used = new Set(direct.map(({ name }) => name));
  const isEmpty = ({ license, purpose, reason }) => [license, purpose, reason].some((cell) => !cell);
  return [
    ...[...used].filter((name) => !recorded.has(name)).map((name) => `${name}: not in ${RECORD}`),
    ...[...recorded.keys()].filter((name) => !used.has(name)).map((name) => `${name}: in ${RECORD}, but in no package.json`),
    ...[...recorded].filter(([, row]) => isEmpty(row)).map(([name]) => `${name}: ${RECORD} leaves its licence, what it is for or the reason empty`),
  ];
};

/** Problems with the packages of a lock file: licences that are not allowed or not known, and content that is not sealed by a digest. */
export const lockProblems = (packages) =>
  Object.entries(packages).flatMap(([path, { license, integrity, link, dev }]) => {
    if (!path.includes('node_modules/') || link) return [];
    const name = nameAt(path);
    const allows = (part) => ALLOWED.has(part) || (dev === true && ALLOWED_IN_DEVELOPMENT.some((rule) => rule.license === part && rule.packages.test(name)));
    return [
      ...(typeof license === 'string' && isAllowed(license, allows) ? [] : [`${path}: licence ${license ?? 'unknown'}${dev ? '' : ' at run time'} is not allowed`]),
      ...(integrity ? [] : [`${path}: the lock file has no digest of it`]),
    ];
  });

/** Sources that may import a package, or name it in a configuration. */
const sourcesIn = (root) =>
  ['.', 'apps', 'libs', 'tools', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder !== '.', withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]sx?|css)$/.test(entry.name) && !/[\\/](?:node_modules|dist)(?:[\\/]|$)/.test(entry.parentPath))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );

/** Packages that no source names. Types are found by the compiler itself, and their packages' names are nowhere. */
export const unusedProblems = (direct, sources) => {
  const names = [...new Set(direct.map(({ name }) => name))].filter((name) => !name.startsWith('@types/'));
  const isNamed = (name) => ["'", '"', '`', 'node_modules/'].some((before) => sources.some((text) => ["'", '"', '`', '/'].some((after) => text.includes(before + name + after))));
  return names.filter((name) => !isNamed(name)).map((name) => `${name}: in a package.json, but no source names it`);
};

/** Problems with what the record says of licences. */
export const licenceProblems = (recorded, packages) =>
  [...recorded].flatMap(([name, row]) => {
    const ids = packages[`node_modules/${name}`]?.license?.match(/[\w.-]*\d[\w.-]*|MIT|ISC|Unlicense/g) ?? [];
    return ids.filter((id) => !row.license.includes(id)).map((id) => `${name}: its licence is ${id}, but ${RECORD} says ${row.license}`);
  });

/** All problems of a checkout, and how much was looked at. */
export const checkSupplyChain = (root) => {
  const direct = directIn(manifestsIn(root));
  const recorded = recordedIn(readFileSync(join(root, RECORD), 'utf8'));
  const { packages } = readJson(join(root, 'package-lock.json'));
  const problems = [...versionProblems(direct), ...recordProblems(direct, recorded), ...unusedProblems(direct, sourcesIn(root)), ...lockProblems(packages), ...licenceProblems(recorded, packages)];
  return { problems, direct: recorded.size, locked: Object.keys(packages).filter((path) => path.includes('node_modules/')).length };
};
