import type { UnitSums } from '@ratchet/stats';
import type { ArmTally, ArmUsers } from './evidence.js';

type ArmName = 'candidate' | 'control' | 'rest';

interface ArmState {
  readonly n: Int32Array;
  readonly y: Int32Array;
  overall: UnitSums;
}

type Counts = Pick<ArmTally, 'units' | 'failedUnits'> & { readonly users: ArmUsers };

/**
 * Conversations of users whose outcomes are alike, counted as the rollout-controller counts them. Two conversations of a user have one
 * outcome in common with the probability `icc`, which is then their correlation within users; whatever the arm, it is the same user.
 */
export class UserTraffic {
  readonly #random: () => number;
  readonly #own: Float64Array;
  readonly #alike: number;
  readonly #arms = new Map<ArmName, ArmState>();
  readonly #stages = new Map<string, { counts: { units: number; failedUnits: number }; seen: Set<number>; firstSeen: number }>();
  readonly #known = new Set<number>();

  constructor({ random, users, icc }: { random: () => number; users: number; icc: number }) {
    this.#random = random;
    this.#own = Float64Array.from({ length: users }, () => random());
    this.#alike = Math.sqrt(icc);
  }

  /** One conversation of a user, which succeeds with the probability `success`. */
  talk(user: number, { arm, stage, success }: { arm: ArmName; stage: number; success: number }): void {
    const luck = this.#random() < this.#alike ? (this.#own[user] ?? 0) : this.#random();
    const failed = luck < success ? 0 : 1;
    const state = this.#arm(arm);
    const [y, n] = [state.y[user] ?? 0, state.n[user] ?? 0];
    const { units, sumY, sumN, sumYY, sumYN, sumNN } = state.overall;
    state.overall = {
      units: units + (n === 0 ? 1 : 0), sumY: sumY + failed, sumN: sumN + 1, sumYY: sumYY + failed * (2 * y + 1),
      sumYN: sumYN + (y + failed) * (n + 1) - y * n, sumNN: sumNN + 2 * n + 1,
    };
    state.y[user] = y + failed;
    state.n[user] = n + 1;
    const place = this.#stage(stage, arm);
    place.counts.units += 1;
    place.counts.failedUnits += failed;
    place.seen.add(user);
    if (!this.#known.has(user)) place.firstSeen += 1;
    this.#known.add(user);
  }

  counts(stage: number, arm: ArmName): Counts {
    const { counts, seen, firstSeen } = this.#stage(stage, arm);
    return { ...counts, users: { seen: seen.size, conversations: counts.units, firstSeen, overall: this.#arm(arm).overall } };
  }

  #arm(arm: ArmName): ArmState {
    const known = this.#arms.get(arm);
    if (known !== undefined) return known;
    const users = this.#own.length;
    const state = { n: new Int32Array(users), y: new Int32Array(users), overall: { units: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 } };
    this.#arms.set(arm, state);
    return state;
  }

  #stage(stage: number, arm: ArmName) {
    const key = `${stage} ${arm}`;
    const known = this.#stages.get(key) ?? { counts: { units: 0, failedUnits: 0 }, seen: new Set<number>(), firstSeen: 0 };
    this.#stages.set(key, known);
    return known;
  }
}
