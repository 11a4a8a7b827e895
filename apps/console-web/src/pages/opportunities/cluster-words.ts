import type { MappedCluster } from '@ratchet/console-api';
import { shortNumber, words } from '../../components/format';

const NAME_PATTERNS = 4;

/** What its failures have in common. */
export const nameOf = ({ commonPatterns, opportunityId }: Pick<MappedCluster, 'commonPatterns' | 'opportunityId'>): string => commonPatterns.slice(0, NAME_PATTERNS).join(', ') || opportunityId;

/** All that the map shows of a cluster, in a sentence. */
export const toldOf = (cluster: MappedCluster): string => `${nameOf(cluster)}: ${cluster.size} failures, ${words(cluster.rootCause)}, priority ${shortNumber(cluster.priority)}`;
