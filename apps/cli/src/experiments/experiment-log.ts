import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { experimentConcluded, experimentUpdated } from '@ratchet/domain';
import type { ExperimentConcluded, ExperimentUpdated } from '@ratchet/domain';

/** What the topic tells of one experiment. */
export interface KnownExperiment {
  updated: ExperimentUpdated;
  concluded?: ExperimentConcluded;
}

export const EXPERIMENT_TOPICS = [topics.promotions.name];

/** All experiments, from events in any order. A rollout's own reading as a test is none of them. */
export class ExperimentLog {
  private readonly updates = new Map<string, ExperimentUpdated>();
  private readonly conclusions = new Map<string, ExperimentConcluded>();

  take(event: EventEnvelope): void {
    if (isEvent(event, experimentUpdated)) {
      const { experimentId, sequence } = event.data;
      if (sequence >= (this.updates.get(experimentId)?.sequence ?? 0)) this.updates.set(experimentId, event.data);
    } else if (isEvent(event, experimentConcluded)) this.conclusions.set(event.data.experimentId, event.data);
  }

  /** By their last change. */
  list(): KnownExperiment[] {
    return [...this.updates.keys()].flatMap((id) => this.get(id) ?? []).sort((a, b) => Date.parse(a.updated.updatedAt) - Date.parse(b.updated.updatedAt));
  }

  get(experimentId: string): KnownExperiment | undefined {
    const updated = this.updates.get(experimentId);
    const concluded = this.conclusions.get(experimentId);
    return updated && { updated, ...(concluded && { concluded }) };
  }
}
