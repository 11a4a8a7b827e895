import { hasTexts, type Interaction, type InteractionFailed, type OpportunityRanked, queryOf, type SignalDetected, type Target, userHashOf } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { storable, storableJson } from '@ratchet/persistence';
import { searchWords } from './search-words.js';

/** As long as the detector lets the texts of failures be. */
const TEXT_CHARS_MAX = 20_000;

const hashOfUser = (userId: string | undefined): string | null => (userId === undefined ? null : userHashOf(userId));

/** Writers share this lock, and an erasure has it alone: what it does not see yet, sees it. */
const shareErasureLock = async (tx: Transaction): Promise<void> => {
  await tx.query(`select pg_advisory_xact_lock_shared(hashtext('console.erasure'))`);
};

interface OfUser extends Target {
  readonly userId?: string | undefined;
}

/** Those that did not happen before their user was erased. */
const notErased = async <One extends OfUser>(tx: Transaction, all: readonly One[], happenedAt: (one: One) => string): Promise<One[]> => {
  const hashes = [...new Set(all.flatMap(({ userId }) => (userId === undefined ? [] : [userHashOf(userId)])))];
  if (hashes.length === 0) return [...all];
  const erased = await tx.query<Target & { userHash: string; erasedMs: number }>(
    `select model, workload, user_hash as "userHash", (extract(epoch from erased_at) * 1000)::float8 as "erasedMs" from erased_users where user_hash = any($1::text[])`,
    [hashes],
  );
  if (erased.length === 0) return [...all];
  return all.filter((one) => !erased.some(({ model, workload, userHash, erasedMs }) => model === one.model && workload === one.workload && userHash === hashOfUser(one.userId) && Date.parse(happenedAt(one)) <= erasedMs));
};

const textOf = (text: string | null | undefined): string | null => (text === null || text === undefined ? null : storable(text.slice(0, TEXT_CHARS_MAX)));

/** Only a message of the user is something new to them: steps of an agent repeat it with results of tools after it. */
const newQueryOf = (interaction: Interaction): string | null => (interaction.input.at(-1)?.role === 'user' ? textOf(queryOf(interaction)) : null);

const turnOf = (interaction: Interaction) => ({
  ...storable({ c: interaction.conversationId, i: interaction.interactionId, m: interaction.model, w: interaction.workload, v: interaction.version }),
  u: hashOfUser(interaction.userId),
  q: newQueryOf(interaction),
  r: textOf(interaction.output?.content),
  e: textOf(interaction.error && `${interaction.error.type}: ${interaction.error.message}`),
  s: interaction.startedAt,
});

/** Keeps what users asked and were shown; nothing of users who were erased, and of targets that keep their texts to themselves. */
export const storeInteractions = async (tx: Transaction, all: readonly Interaction[]): Promise<void> => {
  await shareErasureLock(tx);
  const kept = await notErased(tx, all.filter(hasTexts), ({ startedAt }) => startedAt);
  if (kept.length === 0) return;
  await tx.query(
    `insert into interactions (conversation_id, interaction_id, model, workload, version, user_hash, query, response, error, beside_failure, started_at)
     select t.c, t.i, t.m, t.w, t.v, t.u, t.q, t.r, t.e, exists (select 1 from failures f where f.conversation_id = t.c), t.s
     from jsonb_to_recordset($1::jsonb) as t(c text, i text, m text, w text, v text, u text, q text, r text, e text, s timestamptz)
     where not exists (select 1 from withheld_targets x where x.model = t.m and x.workload = t.w)
     on conflict do nothing`,
    [JSON.stringify(kept.map(turnOf))],
  );
};

/** From the first failure without texts on, a target's texts are not kept. */
const withhold = async (tx: Transaction, { model, workload }: Target): Promise<void> => {
  const isNews = await tx.query('insert into withheld_targets (model, workload) values ($1, $2) on conflict do nothing returning model', [model, workload]);
  if (isNews.length > 0) await tx.query('delete from interactions where model = $1 and workload = $2', [model, workload]);
};

const rowOf = (told: InteractionFailed) => {
  const failed = storable(told);
  return {
    ...failed,
    signalNames: [...new Set(failed.signals.map(({ name }) => name))],
    reasons: failed.reasons ?? [],
    contentWithheld: failed.contentWithheld ?? false,
    words: searchWords(failed.query, failed.response, failed.comment ?? '', failed.correction ?? '', failed.interactionId, failed.conversationId),
  };
};

/** Gives the conversations of those that were not there. */
const insertFailures = async (tx: Transaction, all: readonly InteractionFailed[]): Promise<string[]> => {
  const added = await tx.query<{ conversationId: string }>(
    `insert into failures (interaction_id, conversation_id, model, workload, version, user_id, query, response, probability, severity, signals, signal_names, reasons, comment, correction, content_withheld, started_at, closed_at, words)
     select "interactionId", "conversationId", model, workload, version, "userId", query, response, probability, severity, signals, "signalNames", reasons, comment, correction, "contentWithheld", "startedAt", "closedAt", array_to_tsvector(words)
     from jsonb_to_recordset($1::jsonb) as t("interactionId" text, "conversationId" text, model text, workload text, version text, "userId" text, query text, response text, probability float8, severity float8, signals jsonb, "signalNames" text[],
       reasons jsonb, comment text, correction text, "contentWithheld" boolean, "startedAt" timestamptz, "closedAt" timestamptz, words text[])
     on conflict do nothing returning conversation_id as "conversationId"`,
    [JSON.stringify(all.map(rowOf))],
  );
  return added.map(({ conversationId }) => conversationId);
};

const storeFailures = async (tx: Transaction, all: readonly InteractionFailed[]): Promise<void> => {
  const kept = await notErased(tx, all, ({ startedAt }) => startedAt);
  if (kept.length === 0) return;
  const withheld = new Map(kept.filter(({ contentWithheld }) => contentWithheld === true).map(({ model, workload }) => [`${model}\n${workload}`, storable({ model, workload })]));
  for (const target of withheld.values()) await withhold(tx, target);
  const conversations = await insertFailures(tx, kept);
  await tx.query('update interactions set beside_failure = true where conversation_id = any($1::text[]) and not beside_failure', [conversations]);
};

/** What came after a window had closed: seen with the failure, and found with it. */
const storeLateEvidence = async (tx: Transaction, all: readonly SignalDetected[]): Promise<void> => {
  for (const told of await notErased(tx, all, ({ detectedAt }) => detectedAt)) {
    const { signalId, interactionId, name, strength, evidence, comment, correction, reasons, detectedAt, userId } = storable(told);
    const added = await tx.query(
      `insert into late_evidence (signal_id, interaction_id, user_hash, body, detected_at) values ($1, $2, $3, $4::jsonb, $5) on conflict do nothing returning signal_id`,
      [signalId, interactionId, hashOfUser(userId), storableJson({ name, strength, evidence, comment, correction, reasons }), detectedAt],
    );
    if (added.length === 0) continue;
    await tx.query(
      `update failures set words = words || array_to_tsvector($2::text[]), signal_names = case when signal_names @> array[$3]::text[] then signal_names else signal_names || $3::text end where interaction_id = $1`,
      [interactionId, searchWords(comment ?? '', correction ?? ''), name],
    );
  }
};

/** What a batch tells of: failures come first, for each is on its partition before what came late to it. */
export const storeSignals = async (tx: Transaction, batch: readonly { readonly failed?: InteractionFailed; readonly late?: SignalDetected }[]): Promise<void> => {
  await shareErasureLock(tx);
  await storeFailures(tx, batch.flatMap(({ failed }) => failed ?? []));
  await storeLateEvidence(tx, batch.flatMap(({ late }) => late ?? []));
};

/** Which failures an analysis put into a cluster; an older analysis, which comes late, takes none away from a newer one. */
export const storeClustered = async (tx: Transaction, told: OpportunityRanked): Promise<void> => {
  const { opportunityId, interactionIds, rankedAt } = storable(told);
  // Two clusters that change places would wait for each other's rows.
  await tx.query(`select pg_advisory_xact_lock(hashtext('console.clustered'))`);
  await tx.query('delete from clustered_failures where opportunity_id = $1 and ranked_at <= $3 and interaction_id <> all($2::text[])', [opportunityId, interactionIds, rankedAt]);
  await tx.query(
    `insert into clustered_failures as c (interaction_id, opportunity_id, ranked_at) select distinct id, $1, $3::timestamptz from unnest($2::text[]) as id
     on conflict (interaction_id) do update set opportunity_id = excluded.opportunity_id, ranked_at = excluded.ranked_at where c.opportunity_id <> excluded.opportunity_id and c.ranked_at <= excluded.ranked_at`,
    [opportunityId, interactionIds, rankedAt],
  );
};
