import type { Target } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';

/** Of the event that publishes a version. The name of one that was adopted is of its bundle alone, so that targets may have it in common. */
export const versionEventId = ({ versionId, model, workload, parentVersion }: Target & { readonly versionId: string; readonly parentVersion?: string | null }): string =>
  parentVersion ? derivedId('version', versionId) : derivedId('version', model, workload, versionId);
