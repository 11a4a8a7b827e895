import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { topics } from '@ratchet/contracts';
import { interactionCompleted, queryOf, type Interaction } from '@ratchet/domain';
import { readAll } from '@ratchet/testing';
import { MODEL, type DoorsStack } from './doors-stack.js';

const run = promisify(execFile);

export interface Recipe {
  readonly name: string;
  readonly language: 'python' | 'js';
  readonly code: string;
}

const RECIPE = /<!-- recipe: ([\w-]+) -->\n```(python|js)\n([\s\S]*?)\n```/gu;
const INSTALL = /`(pip|npm) install ([^`]+)`/gu;

/** The snippets of a page, by the comment above each. */
export const recipesIn = (page: string): Recipe[] => [...page.matchAll(RECIPE)].map(([, name = '', language, code = '']) => ({ name, language: language as Recipe['language'], code }));

/** What the page says to install. */
export const packagesIn = (page: string): { readonly pip: readonly string[]; readonly npm: readonly string[] } => {
  const found = { pip: new Set<string>(), npm: new Set<string>() };
  for (const [, client, names = ''] of page.matchAll(INSTALL)) for (const name of names.split(/\s+/u)) found[client as 'pip' | 'npm'].add(name);
  return { pip: [...found.pip], npm: [...found.npm] };
};

const PAGE_ADDRESS = 'http://localhost:8080';
const INSTALL_WITHIN_MS = 600_000;
const RUN_WITHIN_MS = 120_000;
const QUESTION = 'Where is my parcel?';

export interface RecipeOutcome {
  readonly name: string;
  /** Undefined where all is as it should be. */
  readonly problem: string | undefined;
}

export interface RecipesOptions {
  readonly page: string;
  readonly folder: string;
  readonly stack: DoorsStack;
  readonly say: (text: string) => void;
}

/** Installs what the page names, runs its snippets as they stand, but for the gateway's address, and looks at what came to Kafka of each. */
export const tryRecipes = async ({ page, folder, stack, say }: RecipesOptions): Promise<RecipeOutcome[]> => {
  const { pip, npm } = packagesIn(page);
  mkdirSync(folder, { recursive: true });
  say(`installing ${[...pip, ...npm].join(', ')}`);
  await run('python3', ['-m', 'venv', join(folder, 'venv')], { timeout: INSTALL_WITHIN_MS });
  await run(join(folder, 'venv', 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...pip], { timeout: INSTALL_WITHIN_MS });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...npm], { cwd: folder, timeout: INSTALL_WITHIN_MS });
  const printed = new Map<string, string | Error>();
  for (const recipe of recipesIn(page)) {
    say(recipe.name);
    printed.set(recipe.name, await runRecipe(recipe, { folder, stack }));
  }
  return judged(printed);
};

const runRecipe = async ({ name, language, code }: Recipe, { folder, stack }: Pick<RecipesOptions, 'folder' | 'stack'>): Promise<string | Error> => {
  // A prefix, or Python would take the file for the package of its name.
  const file = join(folder, `app-${name}.${language === 'python' ? 'py' : 'mjs'}`);
  writeFileSync(file, code.replaceAll(PAGE_ADDRESS, stack.urlOf('gateway')));
  // An app that sends spans asks its own provider, which is the embedded model here.
  const env = { ...process.env, NODE_OPTIONS: '', OPENAI_BASE_URL: `${stack.urlOf('model-server')}/v1`, OPENAI_API_KEY: 'any', MODEL: stack.providerModel };
  try {
    const { stdout } = await run(language === 'python' ? join(folder, 'venv', 'bin', 'python') : process.execPath, [file], { cwd: folder, env, timeout: RUN_WITHIN_MS });
    return stdout.trim();
  } catch (error) {
    return error as Error;
  }
};

const judged = async (printed: ReadonlyMap<string, string | Error>): Promise<RecipeOutcome[]> => {
  const interactions = (await readAll(topics.interactions.name)).flatMap(({ headers, value, key }) => (headers['ce_type'] === interactionCompleted.type ? [{ key, data: JSON.parse(String(value)) as Interaction }] : []));
  return [...printed].map(([name, answer]) => {
    if (answer instanceof Error) return { name, problem: answer.message.slice(0, 2_000) };
    const found = interactions.filter(({ data }) => data.conversationId === name);
    const [only] = found;
    if (only === undefined || found.length > 1) return { name, problem: `${found.length} interactions of its conversation instead of one` };
    return { name, problem: problemOf(only, answer) };
  });
};

const problemOf = ({ key, data }: { readonly key: string | null; readonly data: Interaction }, answer: string): string | undefined => {
  if (key !== data.conversationId) return `it is keyed ${String(key)}`;
  if (queryOf(data) !== QUESTION) return `the query is ${JSON.stringify(queryOf(data))}`;
  if (answer === '' || data.output?.content !== answer) return `the answer is ${JSON.stringify(data.output)}, and the app got ${JSON.stringify(answer)}`;
  if ((data.usage?.outputTokens ?? 0) === 0) return 'no tokens are recorded';
  if (data.error !== undefined) return `it has an error: ${data.error.message}`;
  return data.model === MODEL || data.attributes?.['service.name'] !== undefined ? undefined : `the model is ${data.model}`;
};
