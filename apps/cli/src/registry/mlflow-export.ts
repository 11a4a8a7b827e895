import type { MlflowClient, MlflowModelVersion, MlflowRun } from './mlflow-client.js';
import type { MlflowModel, MlflowVersion } from './mlflow-records.js';

const ID_TAG = 'ratchet.version';
const ALIASES = ['champion', 'candidate'] as const;

type Pair = { readonly key: string; readonly value: string };

const pairsOf = (record: Readonly<Record<string, string>>): Pair[] => Object.entries(record).map(([key, value]) => ({ key, value }));
const valueOf = (pairs: readonly Pair[], key: string): string | undefined => pairs.find((pair) => pair.key === key)?.value;

/** Brings a run's parameters and metrics up to date: parameters are written once, a metric again only where it is another. */
const exportRun = async (client: MlflowClient, experimentId: string, version: MlflowVersion, known: MlflowRun | undefined): Promise<string> => {
  const run = known ?? (await client.createRun(experimentId, { name: version.versionId, atMs: version.atMs, tags: [{ key: ID_TAG, value: version.versionId }] }));
  const params = pairsOf(version.params).filter(({ key }) => valueOf(run.data.params, key) === undefined);
  const logged = new Map(run.data.metrics.map(({ key, value }) => [key, value]));
  const metrics = Object.entries(version.metrics).flatMap(([key, value]) => (logged.get(key) === value ? [] : [{ key, value, timestamp: logged.has(key) ? Date.now() : version.atMs, step: 0 }]));
  if (params.length > 0 || metrics.length > 0) await client.logToRun(run.info.run_id, { params, metrics });
  if (run.info.status !== 'FINISHED') await client.finishRun(run.info.run_id, version.atMs);
  return run.info.run_id;
};

const exportVersion = async (client: MlflowClient, name: string, { version, runId, known }: { version: MlflowVersion; runId: string; known: MlflowModelVersion | undefined }): Promise<MlflowModelVersion> => {
  if (!known) return client.createModelVersion({ name, source: version.source, run_id: runId, tags: pairsOf(version.tags) });
  for (const tag of pairsOf(version.tags)) if (valueOf(known.tags, tag.key) !== tag.value) await client.setModelVersionTag(name, known.version, tag);
  return known;
};

/**
 * Makes MLflow show a target: a registered model, a run with parameters and metrics and a model version for each version, and the aliases. What is there
 * already is found by our tag `ratchet.version`, so that a second export changes nothing, and one that was interrupted is finished. What others added is left alone.
 */
export const exportModel = async (client: MlflowClient, model: MlflowModel): Promise<void> => {
  const experimentId = await client.experimentId(`ratchet.${model.name}`);
  const runs = new Map((await client.runs(experimentId)).map((run) => [valueOf(run.data.tags, ID_TAG), run]));
  const { aliases } = await client.registeredModel(model.name, pairsOf(model.tags));
  const versions = new Map((await client.modelVersions(model.name)).map((version) => [valueOf(version.tags, ID_TAG), version]));
  for (const version of model.versions) {
    const runId = await exportRun(client, experimentId, version, runs.get(version.versionId));
    versions.set(version.versionId, await exportVersion(client, model.name, { version, runId, known: versions.get(version.versionId) }));
  }
  for (const alias of ALIASES) {
    const wanted = versions.get(model.aliases[alias])?.version;
    const current = aliases.find((one) => one.alias === alias)?.version;
    if (wanted !== undefined && wanted !== current) await client.setAlias(model.name, alias, wanted);
    else if (wanted === undefined && current !== undefined) await client.deleteAlias(model.name, alias);
  }
};
