import { createHash } from 'node:crypto';
import { printableText } from '../printable-text.js';
import { makerOf } from './print-version.js';
import { type RegisteredVersion, stateOfVersion } from './version-log.js';

/** MLflow takes at most 5,000 characters in a tag; texts of people and models need far fewer. */
const TAG_CHARS_MAX = 4_000;
const TEXT_CHARS_MAX = 500;
/** MLflow's smallest limit of a parameter. */
const PARAM_CHARS_MAX = 250;
const NAME_CHARS_MAX = 200;
const ENTRIES_MAX = 50;

/** What MLflow is to know of a version. */
export interface MlflowVersion {
  readonly versionId: string;
  readonly source: string;
  /** Ours all begin with `ratchet.`; others are left alone. */
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly atMs: number;
}

export interface MlflowModel {
  /** Of the registered model, and of the experiment with its runs. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: readonly MlflowVersion[];
  /** By alias, our version's id; an alias of ours that is not here is removed. */
  readonly aliases: Readonly<Partial<Record<'champion' | 'candidate', string>>>;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Letters, digits, `_`, `-`, `.`: what MLflow takes everywhere. A name that had to be changed gets a hash, so that two never become one. */
const safeName = (text: string): string => {
  const safe = text.replace(/[^\w.-]+/gu, '_').slice(0, NAME_CHARS_MAX);
  return safe === text ? safe : `${safe}-${hashOf(text)}`;
};

/** `assistant--default`: MLflow allows neither `/` nor `:` in the name of a registered model. */
export const mlflowNameOf = ({ model, workload }: { readonly model: string; readonly workload: string }): string => {
  const [first, second] = [safeName(model), safeName(workload)];
  // Both may hold the separator.
  return `${first}--${second}${first.includes('--') || second.includes('--') ? `-${hashOf(JSON.stringify([model, workload]))}` : ''}`;
};

/** As many ids as a tag holds, never a part of one. */
const idsTag = (ids: readonly string[]): string => {
  let joined = '';
  for (const [count, id] of ids.entries()) {
    const next = joined === '' ? id : `${joined}, ${id}`;
    if (next.length > TAG_CHARS_MAX - 40) return `${joined}, and ${ids.length - count} more`;
    joined = next;
  }
  return printableText(joined, TAG_CHARS_MAX);
};

const tagsOf = (version: RegisteredVersion): Record<string, string> => {
  const { published, cycle } = version;
  const { registered, started, judged, promoted, rolledBack } = cycle ?? {};
  const { ordinal, contentHash, parentVersion, publishedAt, bundle } = published;
  const text: Record<string, string | undefined> = {
    version: published.versionId, ordinal: String(ordinal), state: stateOfVersion(version), parent: parentVersion, content_hash: contentHash, published_at: publishedAt, made_by: makerOf(version),
    provider: bundle.provider.name, provider_model: bundle.provider.model, cycle: cycle?.cycleId, trigger: started?.trigger, trigger_reason: started?.triggerReason,
    backend: registered?.backend, data_hash: registered?.dataHash, fix: registered?.fixId, gates: judged?.outcome, gates_message: judged?.message,
    promoted_at: promoted?.promotedAt, promoted_by: promoted?.actor, rolled_back_at: rolledBack?.rolledBackAt, rolled_back_reason: rolledBack?.reason,
  };
  const bounded = Object.entries(text).flatMap(([key, value]) => (value === undefined ? [] : [[`ratchet.${key}`, printableText(value, TEXT_CHARS_MAX)] as const]));
  const gates = (judged?.gates ?? []).slice(0, ENTRIES_MAX).map(({ name, verdict }) => [`ratchet.gate.${name}`, verdict] as const);
  const lineage = registered ? [['ratchet.datasets', idsTag(registered.datasetIds)] as const, ['ratchet.opportunities', idsTag(registered.opportunityIds)] as const] : [];
  // MLflow has no empty tags.
  return Object.fromEntries([...bounded, ...lineage, ...gates].filter(([, value]) => value !== ''));
};

const paramsOf = ({ cycle }: RegisteredVersion): Record<string, string> =>
  Object.fromEntries(Object.entries(cycle?.registered?.trainingConfig ?? {}).slice(0, ENTRIES_MAX).map(([name, value]) => [safeName(name), printableText(String(value), PARAM_CHARS_MAX) || '-']));

const metricsOf = ({ cycle }: RegisteredVersion): Record<string, number> => {
  const { registered, judged } = cycle ?? {};
  const told = Object.entries(registered?.metrics ?? {}).slice(0, ENTRIES_MAX).map(([name, value]) => [safeName(name), value] as const);
  const own = [['training_seconds', registered?.trainingSeconds], ['cost_usd', registered?.costUsd]] as const;
  const gates = (judged?.gates ?? []).slice(0, ENTRIES_MAX).map(({ name, value }) => [`gate.${name}`, value] as const);
  return Object.fromEntries([...told, ...own, ...gates].filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1])));
};

/** Where the weights are: MLflow keeps it as a word of ours, as they stay with the provider. */
const sourceOf = ({ published: { bundle } }: RegisteredVersion): string => `ratchet://${encodeURIComponent(bundle.provider.name)}/${encodeURIComponent(bundle.provider.model)}`.slice(0, PARAM_CHARS_MAX * 2);

/** All targets as MLflow's registered models. Pure: the same versions give the same records. */
export const mlflowModels = (versions: readonly RegisteredVersion[]): MlflowModel[] =>
  [...Map.groupBy(versions, ({ published }) => mlflowNameOf(published))].map(([name, ofTarget]) => {
    const { model, workload } = (ofTarget[0] as RegisteredVersion).published;
    return {
      name,
      tags: { 'ratchet.model': printableText(model, TEXT_CHARS_MAX), 'ratchet.workload': printableText(workload, TEXT_CHARS_MAX) },
      versions: ofTarget.map((version) => ({
        versionId: version.published.versionId, source: sourceOf(version), tags: tagsOf(version), params: paramsOf(version), metrics: metricsOf(version),
        atMs: Date.parse(version.cycle?.registered?.registeredAt ?? version.published.publishedAt),
      })),
      aliases: Object.fromEntries(ofTarget.flatMap(({ aliases, published }) => aliases.map((alias) => [alias, published.versionId]))),
    };
  });
