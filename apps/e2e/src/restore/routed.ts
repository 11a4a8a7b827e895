import { setTimeout as wait } from 'node:timers/promises';

/** What a gateway says of a target. */
export interface Routed {
  readonly workload: string;
  readonly revision: number;
  readonly champion: string;
  readonly candidate?: string;
  readonly share?: number;
}

interface Models {
  readonly data: readonly { readonly id: string; readonly ratchet?: { readonly targets: readonly Routed[] } }[];
}

export const routedBy = async (gatewayUrl: string, model: string): Promise<Routed | undefined> => {
  const { data } = (await (await fetch(`${gatewayUrl}/v1/models`)).json()) as Models;
  return data.find(({ id }) => id === model)?.ratchet?.targets[0];
};

/** Waits until the gateway routes as it should, and gives how. */
export const untilRouted = async (gateway: { readonly url: string; readonly model: string }, what: string, { withinMs, isSo }: { withinMs: number; isSo: (routed: Routed) => boolean }): Promise<Routed> => {
  for (const until = Date.now() + withinMs; ; await wait(50)) {
    const routed = await routedBy(gateway.url, gateway.model);
    if (routed && isSo(routed)) return routed;
    if (Date.now() > until) throw new Error(`not within ${withinMs / 1_000} s: ${what}; the gateway has ${JSON.stringify(routed)}`);
  }
};
