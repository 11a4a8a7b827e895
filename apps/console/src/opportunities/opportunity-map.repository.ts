import type { MappedCluster, OpportunityMap, OpportunityMapQuery } from '@ratchet/console-api';
import type { Database } from '@ratchet/persistence';
import { Conditions } from '../http/paging.js';

type Queries = Pick<Database, 'query'>;

const CLUSTERS_MAX = 200;
const TARGETS_MAX = 100;

/** The map of the target with the most failures of those asked for. */
export const opportunityMap = async (db: Queries, { model, workload }: OpportunityMapQuery): Promise<OpportunityMap> => {
  const asked = new Conditions().and('closed is null').and('model = ?', model).and('workload = ?', workload);
  const targets = await db.query<OpportunityMap['targets'][number]>(
    `select model, workload, count(*)::int as clusters, sum(size)::int as failures from opportunities ${asked.sql} group by model, workload order by failures desc, model, workload limit ${TARGETS_MAX}`,
    asked.parameters,
  );
  const target = targets[0];
  if (!target) return { target: null, targets: [], clusters: [] };
  const rows = await db.query<{ brief: MappedCluster }>(
    `select brief from opportunities where closed is null and model = $1 and workload = $2 and brief ? 'position' order by size desc, opportunity_id limit ${CLUSTERS_MAX}`,
    [target.model, target.workload],
  );
  return { target, targets, clusters: rows.map(({ brief }) => mappedOf(brief)) };
};

const mappedOf = ({ opportunityId, size, affectedUsers, priority, rootCause, commonPatterns, trend, position }: MappedCluster): MappedCluster => ({ opportunityId, size, affectedUsers, priority, rootCause, commonPatterns, ...(trend && { trend }), position });
