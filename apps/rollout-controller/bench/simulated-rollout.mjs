// Rollouts on drawn traffic, decided by the controller's own code: every request gets an arm, an outcome, an error or none, a latency.
// Time is simulated; nothing here knows a formula of the tests.
import { bucketOfValue, bucketUpperBound } from '@ratchet/domain';
import { decide } from '../dist/rollout/decide.js';
import { comparisonOf, emptyTally } from '../dist/rollout/evidence.js';
import { lastStageOf, rolloutPolicySchema, shareOf } from '../dist/rollout/rollout-policy.js';
import { isTerminal, newRollout } from '../dist/rollout/rollout-state.js';

export const DAY_MS = 86_400_000;
const identity = { rolloutId: 'r', target: { model: 'm', workload: 'w' }, cycleId: 'c', version: 'v2', baseVersion: 'v1' };

export const policyOf = (differs = {}) => rolloutPolicySchema.parse(differs);

/** sfc32 (Chris Doty-Humphrey, public domain): 128 bits of state, because a table takes some 10^9 draws. */
export const generatorOf = (seed) => {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = () => {
    const drawn = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + drawn | 0;
    return (drawn >>> 0) / 4294967296;
  };
  for (let warm = 0; warm < 16; warm += 1) next();
  return next;
};

// Standard normal at the middles of 128 equal parts, so that a latency costs one draw and no logarithm.
const NORMALS = (() => {
  const random = generatorOf(7);
  const drawn = Array.from({ length: 128 * 64 }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())).sort((x, y) => x - y);
  return Array.from({ length: 128 }, (_, part) => drawn[part * 64 + 32]);
})();
const MEDIAN_MS = 800;
const SPREAD = 0.5;
const MEDIAN_USD = 0.002;
/** What a request costs, by part: what takes longer costs more. */
const COSTS = NORMALS.map((normal) => MEDIAN_USD * Math.exp(SPREAD * normal));

/** Histogram buckets of a lognormal latency (median 0.8 s), `factor` times as slow, by part. */
const latencyBuckets = (factor) => NORMALS.map((normal) => bucketOfValue(factor * MEDIAN_MS * Math.exp(SPREAD * normal)));
const bucketsByFactor = new Map();
const bucketsOf = (factor) => bucketsByFactor.get(factor) ?? bucketsByFactor.set(factor, latencyBuckets(factor)).get(factor);

/** What is counted of one arm in one stage. */
class Counts {
  units = 0;
  failed = 0;
  errors = 0;
  unsafe = 0;
  /** Of the last one. */
  wasUnsafe = false;
  latencies = new Map();
  costSum = 0;
  costSquares = 0;

  /** One conversation of one request. Errors, unsafe answers and latency are drawn where the truth has any. */
  add(random, { success, error = 0, unsafe = 0, slow }) {
    this.units += 1;
    if (random() >= success) this.failed += 1;
    if (error > 0 && random() < error) this.errors += 1;
    this.wasUnsafe = unsafe > 0 && random() < unsafe;
    if (this.wasUnsafe) this.unsafe += 1;
    if (slow !== undefined) {
      const part = Math.floor(random() * NORMALS.length);
      const bucket = bucketsOf(slow)[part];
      this.costSum += COSTS[part];
      this.costSquares += COSTS[part] ** 2;
      this.latencies.set(bucket, (this.latencies.get(bucket) ?? 0) + 1);
    }
  }

  tally() {
    const entries = [...this.latencies].sort(([x], [y]) => x - y);
    const count = entries.reduce((sum, [, each]) => sum + each, 0);
    const latencyMs = { buckets: entries.map(([bucket]) => bucket), counts: entries.map(([, each]) => each), sum: entries.reduce((sum, [bucket, each]) => sum + each * bucketUpperBound(bucket), 0), count };
    const { units, failed, errors, unsafe, costSum, costSquares } = this;
    return {
      ...emptyTally(), units, failedUnits: failed, requests: units, errors, outcomes: units, failures: failed, unsafe, latencyMs,
      unitRequests: units, unitRequestsSquared: units, costCount: count, costSum, costSquares,
    };
  }
}

/** The traffic of one stage: arms by share as routing gives them, outcomes by the truth. */
class StageTraffic {
  arms = { candidate: new Counts(), control: new Counts(), rest: new Counts() };

  constructor(policy, stage) {
    this.stage = stage;
    this.share = shareOf(policy, stage);
    this.controlFrom = 1 - Math.min(this.share, 1 - this.share);
  }

  /** One request; says its arm. */
  request(random, { baseline, candidate }) {
    const at = random();
    const arm = at < this.share ? 'candidate' : at >= this.controlFrom ? 'control' : 'rest';
    this.arms[arm].add(random, arm === 'candidate' ? candidate : baseline);
    return arm;
  }

  tally() {
    const { candidate, control, rest } = this.arms;
    return { stage: this.stage, candidate: candidate.tally(), control: control.tally(), rest: rest.tally() };
  }
}

const start = (policy, success) => decide(newRollout(identity, 0), { type: 'considered', at: 0, champion: 'v1', placeFree: true, automationHeld: false, references: { success } }, policy).state;

const look = (state, policy, stages, at) => decide(state, { type: 'evaluated', at, evidence: { stages, lastCandidateDataAt: at }, automationHeld: false }, policy).state;

/** The rule as it is often written: candidate below 0.95 of the baseline. It gets the same numbers, and the same smallest sample. */
const naiveWouldRollBack = (policy, tally) => {
  const { candidate, baseline } = comparisonOf(tally, policy);
  if (Math.min(candidate.units, baseline.units) < policy.minTestSample) return false;
  return 1 - candidate.failedUnits / candidate.units < (1 - policy.margin) * (1 - baseline.failedUnits / baseline.units);
};

/** What the naive rule would have done so far: looked at every time, or once at each stage's end. */
class NaiveRule {
  atAnyLook = false;
  atStageEnd = false;

  see(policy, tally, isStageEnd) {
    const rollsBack = naiveWouldRollBack(policy, tally);
    this.atAnyLook ||= rollsBack;
    this.atStageEnd ||= isStageEnd && rollsBack;
  }
}

/**
 * A rollout from the first stage to its end on `requestsADay`, looked at `looksADay` times. `truth(days)` is what is true at a time
 * from the start. Ends PROMOTED, ROLLED_BACK, or HELD where a person is asked.
 */
export const rollOut = ({ random, policy, truth, requestsADay, looksADay }) => {
  const naive = new NaiveRule();
  const done = [];
  let state = start(policy, truth(0).baseline.success);
  let [traffic, inStage, looked] = [new StageTraffic(policy, state.stage), 0, 0];
  const draw = () => {
    const now = truth(looked / looksADay);
    for (let request = 0; request < requestsADay / looksADay; request += 1) traffic.request(random, now);
    looked += 1;
    inStage += 1;
    const tally = traffic.tally();
    naive.see(policy, tally, inStage === looksADay);
    return tally;
  };
  const enter = (stage) => {
    traffic = new StageTraffic(policy, stage);
    inStage = 0;
  };
  while (!isTerminal(state) && !state.hold?.needsHuman) {
    const tally = draw();
    state = look(state, policy, [...done, tally], (looked * DAY_MS) / looksADay);
    if (!isTerminal(state) && state.stage !== traffic.stage) {
      done.push(tally);
      enter(state.stage);
    }
  }
  // The naive rule goes the rest of the way alone, a day a stage, where the controller rolled back before it.
  while (state.status === 'ROLLED_BACK' && (inStage < looksADay || traffic.stage < lastStageOf(policy))) {
    if (inStage >= looksADay) enter(traffic.stage + 1);
    draw();
  }
  return { status: isTerminal(state) ? state.status : 'HELD', stage: state.stage, naive };
};

/**
 * The first stage alone, until it ends or the candidate has had `candidateMax` requests. `truth(n)` is what is true when the candidate
 * has had n; `isWorthALook(candidate)` says after which of its requests there is a look.
 */
export const watchStage = ({ random, policy, truth, candidateMax, isWorthALook, naiveRule = naiveWouldRollBack }) => {
  let state = start(policy, truth(0).baseline.success);
  const traffic = new StageTraffic(policy, 1);
  const { candidate } = traffic.arms;
  let [at, naiveAt] = [0, null];
  while (candidate.units < candidateMax) {
    const now = truth(candidate.units);
    while (traffic.request(random, now) !== 'candidate') at += 1;
    if (!isWorthALook(candidate)) continue;
    const tally = traffic.tally();
    if (naiveAt === null && naiveRule(policy, tally)) naiveAt = candidate.units;
    // Far below a day and the silence that would hold it: only the evidence decides.
    state = look(state, policy, [tally], Math.min(at, DAY_MS / 2));
    if (state.status === 'ROLLED_BACK') return { rolledBackAt: candidate.units, advancedAt: null, naiveAt };
    if (state.stage > 1) return { rolledBackAt: null, advancedAt: candidate.units, naiveAt };
  }
  return { rolledBackAt: null, advancedAt: null, naiveAt };
};

