import { topicOf } from '@ratchet/contracts';
import { routingChanged } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { Republisher } from '@ratchet/service';
import { forgetOpenOffsets } from '../persistence/evidence-offset.repository.js';
import { allTargets, announceAgain, lockTarget } from '../persistence/target.repository.js';
import type { Clock } from './rollouts.js';

/** Tells gateways and products again who serves, where Kafka has lost it. */
export class RoutingRepublisher implements Republisher {
  readonly topic = topicOf(routingChanged).name;

  constructor(private readonly clock: Clock) {}

  async republish(tx: Transaction): Promise<number> {
    let announced = 0;
    for (const { target } of await allTargets(tx)) {
      const row = await lockTarget(tx, target);
      if (row && (await announceAgain(tx, row, this.clock()))) announced += 1;
    }
    if (announced > 0) await forgetOpenOffsets(tx);
    return announced;
  }
}
