import type { EventEnvelope } from '@ratchet/contracts';
import { isEvent } from '@ratchet/contracts';
import { interactionCompleted } from '@ratchet/domain';
import { RecentMap } from './recent-map.js';

const KEPT_MAX = 50_000;

/** What passed this gateway of late: feedback names its interaction, and not always the conversation or the workload. */
export class RecentInteractions {
  private readonly conversations = new RecentMap<string>(KEPT_MAX);
  private readonly workloads = new RecentMap<string>(KEPT_MAX);

  note(event: EventEnvelope): void {
    if (!isEvent(event, interactionCompleted)) return;
    const { interactionId, conversationId, workload } = event.data;
    this.conversations.set(interactionId, conversationId);
    this.workloads.set(conversationId, workload);
  }

  conversationOf(interactionId: string): string | undefined {
    return this.conversations.get(interactionId);
  }

  /** The workload of the conversation's newest interaction. */
  workloadOf(conversationId: string): string | undefined {
    return this.workloads.get(conversationId);
  }
}
