// node mlflow-alias.mjs --mlflow http://HOST:5000 --brokers HOST:PORT [--group my-team] [--alias champion]
// Sets the alias of a registered model to the version that serves, by MLflow's REST API 2.0. `npx ratchet registry export --to-mlflow` has made models and
// versions, with the tags that this program finds them by; a version that is not there yet is waited for. Name and password: MLFLOW_TRACKING_USERNAME and _PASSWORD, or _TOKEN.
import { parseArgs } from 'node:util';
import { followUntilStopped } from './follow-promotions.mjs';

const EVENT_TAG = 'ratchet.alias_event';
const TIME_TAG = 'ratchet.alias_at';

const authorization = ({ MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: name, MLFLOW_TRACKING_PASSWORD: password = '' }) => {
  if (token) return { authorization: `Bearer ${token}` };
  return name ? { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` } : {};
};

const call = async (mlflow, method, path, parameters) => {
  const url = `${mlflow.replace(/\/+$/u, '')}/api/2.0/mlflow/${path}${method === 'GET' ? `?${new URLSearchParams(parameters)}` : ''}`;
  const headers = { 'content-type': 'application/json', ...authorization(process.env) };
  const response = await fetch(url, { method, headers, redirect: 'error', signal: AbortSignal.timeout(30_000), ...(method === 'POST' && { body: JSON.stringify(parameters) }) });
  if (!response.ok) throw new Error(`MLflow answers ${path} with ${response.status}`);
  return response.json();
};

const tagsOf = ({ tags = [] }) => Object.fromEntries(tags.map(({ key, value }) => [key, value]));

/** The registered model of a target and its version with our id. Versions of two targets may share one, so the model's tags decide. */
const findVersion = async (mlflow, { model, workload, version }) => {
  if (!/^[\w.:@/-]+$/u.test(version)) throw new Error('the version has characters that no search of MLflow takes');
  const { model_versions: found = [] } = await call(mlflow, 'GET', 'model-versions/search', { filter: `tags.\`ratchet.version\` = '${version}'`, max_results: '200' });
  for (const { name, version: number } of found) {
    const { registered_model: registered } = await call(mlflow, 'GET', 'registered-models/get', { name });
    const tags = tagsOf(registered);
    if (tags['ratchet.model'] === model && tags['ratchet.workload'] === workload) return { name, number: String(number), registered, tags };
  }
  throw new Error(`MLflow has no version ${version} of ${JSON.stringify(model)} / ${JSON.stringify(workload)} yet`);
};

/** Sets the alias as the event says, once however often it is called. Gives what became of it; throws where MLflow refuses, or does not know the version yet. */
export const setAlias = async ({ mlflow, alias = 'champion' }, { id, type, data }) => {
  const isPromotion = type === 'ratchet.version.promoted';
  const version = isPromotion ? data.version : data.previousVersion;
  const changedAt = isPromotion ? data.promotedAt : data.rolledBackAt;
  const { name, number, registered, tags } = await findVersion(mlflow, { ...data, version });
  if (tags[EVENT_TAG] === id) return 'done before';
  if (Date.parse(changedAt) < Date.parse(tags[TIME_TAG])) return 'older than what is there';
  const current = registered.aliases?.find((one) => one.alias === alias)?.version;
  if (String(current) !== number) await call(mlflow, 'POST', 'registered-models/alias', { name, alias, version: number });
  // After the alias: what is cut off in between is done again.
  await call(mlflow, 'POST', 'registered-models/set-tag', { name, key: TIME_TAG, value: changedAt });
  await call(mlflow, 'POST', 'registered-models/set-tag', { name, key: EVENT_TAG, value: id });
  return String(current) === number ? 'nothing to change' : `${alias} is version ${number} of ${name}`;
};

if (import.meta.main) {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { mlflow: text, alias: { ...text, default: 'champion' }, brokers: { ...text, default: 'localhost:9092' }, group: { ...text, default: 'mlflow-alias' } } });
  const { mlflow, alias, brokers, group } = values;
  if (!mlflow) throw new Error('--mlflow must name a server, such as http://localhost:5000');
  const handler = async (event) => console.error(`${event.type} ${event.id}: ${await setAlias({ mlflow, alias }, event)}`);
  await followUntilStopped({ brokers, group, handler });
}
