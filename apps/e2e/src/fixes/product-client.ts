import { conversationEnded } from '@ratchet/domain';
import { uniqueName } from '@ratchet/testing';
import { gatewayDoor } from '../chaos/doors.js';
import type { Complaint } from './workloads.js';

export const MODEL = 'shop';

const AT_ONCE = 8;

/** Does all, some at once, in order of their start. */
export const inParallel = async <Item>(items: readonly Item[], act: (item: Item, index: number) => Promise<void>): Promise<void> => {
  const queue = items.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, item] of queue) await act(item, index);
    }),
  );
};

const post = async (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return response;
};

/** Who answers: a candidate is there while its rollout lasts. */
export interface Served {
  readonly workload: string;
  readonly champion: string;
  readonly candidate?: string;
}

/** The product's users, by the doors that every product has. */
export class ProductClient {
  private readonly door;

  constructor(private readonly gatewayUrl: string) {
    this.door = gatewayDoor(gatewayUrl, () => undefined);
  }

  /** One conversation of one request; its end is told, so that nothing waits for a clock. */
  async converse({ workload, request, userId, complaint }: { readonly workload: string; readonly request: string; readonly userId: string; readonly complaint?: Complaint }): Promise<string> {
    const conversationId = uniqueName('conversation');
    const headers = { 'x-ratchet-workload': workload, 'x-ratchet-conversation': conversationId, 'x-ratchet-user': userId };
    const response = await post(`${this.gatewayUrl}/v1/chat/completions`, { model: MODEL, messages: [{ role: 'user', content: request }] }, headers);
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
    const interactionId = response.headers.get('x-ratchet-interaction');
    if (complaint) await post(`${this.gatewayUrl}/v1/feedback`, { conversationId, interactionId, ...complaint }, headers);
    const endedAt = new Date().toISOString();
    await this.door.send([{ id: `${conversationId}-end`, source: '/product', type: conversationEnded.type, time: endedAt, data: { conversationId, endedAt } }]);
    return choices[0]?.message.content ?? '';
  }

  /** Who serves a workload; undefined where nobody does yet. */
  async championOf(workload: string): Promise<string | undefined> {
    return (await this.served()).get(workload)?.champion;
  }

  /** By workload. */
  async served(): Promise<Map<string, Served>> {
    const response = await fetch(`${this.gatewayUrl}/v1/models`, { signal: AbortSignal.timeout(5_000) });
    const { data } = (await response.json()) as { data: { id: string; ratchet?: { targets: Served[] } }[] };
    return new Map(data.find(({ id }) => id === MODEL)?.ratchet?.targets.map((target) => [target.workload, target]));
  }
}
