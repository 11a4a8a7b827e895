import type { DatasetVersioned, FixProposed, OpportunityRanked } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import { cycleRowOfVersion, decisionsOfCycle, type FactsRow } from './cycles.repository.js';
import type { LineageFacts } from './lineage-graph.js';
import { versionBody, type VersionKey } from './versions.repository.js';

type Queries = Pick<Database, 'query'>;

/** A cycle may name more; the graph shows a few, and how many there are. */
const IDS_MAX = 500;
const INTERACTIONS_MAX = 2_000;

const datasetsOf = async (db: Queries, ids: readonly string[]): Promise<LineageFacts['datasets']> => {
  const rows = await db.query<{ body: DatasetVersioned }>('select body from datasets where dataset_id = any($1::text[])', [ids]);
  const known = new Map(rows.map(({ body }) => [body.datasetId, body]));
  return ids.map((datasetId) => {
    const body = known.get(datasetId);
    return { datasetId, examples: body && body.trainCount + body.testCount, opportunityIds: body?.opportunityIds ?? [] };
  });
};

/** The opportunity's own interactions; of one that is not known any more, those that its examples name. */
const opportunitiesOf = async (db: Queries, ids: readonly string[], datasetIds: readonly string[]): Promise<LineageFacts['opportunities']> => {
  const rows = await db.query<{ body: OpportunityRanked }>('select body from opportunities where opportunity_id = any($1::text[])', [ids]);
  const known = new Map(rows.map(({ body }) => [body.opportunityId, body]));
  const unknown = ids.filter((id) => !known.has(id));
  const told =
    unknown.length === 0
      ? []
      : await db.query<{ opportunityId: string; interactionId: string }>(
          `select distinct body #>> '{lineage,opportunityId}' as "opportunityId", interaction as "interactionId"
             from (select body from dataset_examples where dataset_id = any($1::text[]) limit $3) as e, jsonb_array_elements_text(body #> '{lineage,interactionIds}') as interaction
            where body #>> '{lineage,opportunityId}' = any($2::text[]) order by 1, 2`,
          [datasetIds, unknown, INTERACTIONS_MAX],
        );
  return ids.map((opportunityId) => {
    const body = known.get(opportunityId);
    return { opportunityId, rootCause: body?.rootCause, interactionIds: body?.interactionIds ?? told.filter((row) => row.opportunityId === opportunityId).map(({ interactionId }) => interactionId) };
  });
};

const fixOf = async (db: Queries, { facts }: FactsRow): Promise<LineageFacts['fix']> => {
  const fixId = facts.started.fixId ?? facts.registered?.fixId;
  if (fixId === undefined) return undefined;
  const [row] = await db.query<{ body: FixProposed }>('select body from fixes where fix_id = $1', [fixId]);
  return row && { fixId, fixType: row.body.fixType, opportunityId: row.body.opportunityId, datasetId: row.body.datasetId };
};

/** What is known of a version's origin and fate; undefined where the version is not known. */
export const lineageFacts = async (db: Queries, key: VersionKey): Promise<LineageFacts | undefined> => {
  const body = await versionBody(db, key);
  if (!body) return undefined;
  const children = await db.query<{ version: string }>(`select version_id as version from versions where model = $1 and workload = $2 and body->>'parentVersion' = $3 order by version_id limit 100`, [key.model, key.workload, key.version]);
  const row = await cycleRowOfVersion(db, key);
  const of = { ...key, parentVersion: body.parentVersion, children: children.map(({ version }) => version) };
  if (!row) return { ...of, cycle: undefined, fix: undefined, datasets: [], opportunities: [], steps: [] };
  const { started, registered, judged } = row.facts;
  const fix = await fixOf(db, row);
  const datasets = await datasetsOf(db, [...new Set([...started.datasetIds, ...(registered?.datasetIds ?? []), ...(fix?.datasetId === undefined ? [] : [fix.datasetId])])].slice(0, IDS_MAX));
  const opportunityIds = [...new Set([...started.opportunityIds, ...datasets.flatMap((one) => one.opportunityIds), ...(fix ? [fix.opportunityId] : [])])].slice(0, IDS_MAX);
  return {
    ...of,
    cycle: { cycleId: row.cycleId, state: row.state, trigger: started.trigger, backend: registered?.backend ?? started.backend, outcome: judged?.outcome },
    fix,
    datasets,
    opportunities: await opportunitiesOf(db, opportunityIds, datasets.map(({ datasetId }) => datasetId)),
    steps: await decisionsOfCycle(db, row.cycleId),
  };
};
