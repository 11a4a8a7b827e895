// Error rates where the assignment sticks to users, with and without the correction for it (rollout/design-effect.ts): the tests of one
// stage, whole rollouts, and the check of the split. Seeded: the same numbers every time.
// Usage: node bench/units.mjs [runs]     (build the service and its libraries first; 400 runs take about two minutes)
import { seededRandom } from '@ratchet/stats';
import { runChecks } from '../dist/rollout/checks.js';
import { decide } from '../dist/rollout/decide.js';
import { emptyTally } from '../dist/rollout/evidence.js';
import { rolloutPolicySchema, shareOf } from '../dist/rollout/rollout-policy.js';
import { applyTransition, isTerminal, newRollout } from '../dist/rollout/rollout-state.js';
import { UserTraffic } from '../src/rollout/user-traffic.fixture.ts';

const runs = Number(process.argv[2] ?? 400);
const SUCCESS = 0.85;
const AT_MARGIN = 0.95 * SUCCESS;
const policy = rolloutPolicySchema.parse({ minSoakMs: [0, 0, 0, 0], bakeMs: 0, maxStageMs: 1e12, noDataDeadlineMs: 1e12, productionBaselineBelowShare: 0, stickTo: 'user' });
const percent = (count, of = runs) => `${((100 * count) / of).toFixed(1)} %`.padStart(7);
const tally = (counts, corrected) => ({ ...emptyTally(), ...counts, requests: counts.units, latencyMs: { buckets: [100], counts: [counts.units], sum: 100 * counts.units, count: counts.units }, ...(!corrected && { users: undefined }) });
const heavyUser = (random, users) => Math.floor(users * random() ** 4);

/** One stage with equal arms, looked at after every `every` conversations of each: what it ever says. */
const oneStage = ({ random, users, perUser, icc, candidate, pick, corrected, every = 100 }) => {
  const traffic = new UserTraffic({ random, users: 2 * users, icc });
  const said = { harm: false, proven: false, conversations: 0 };
  for (let i = 1; i <= users * perUser; i += 1) {
    traffic.talk(pick(random, users), { arm: 'candidate', stage: 4, success: candidate });
    traffic.talk(users + pick(random, users), { arm: 'control', stage: 4, success: SUCCESS });
    if (i % every > 0) continue;
    const stages = [{ stage: 4, candidate: tally(traffic.counts(4, 'candidate'), corrected), control: tally(traffic.counts(4, 'control'), corrected), rest: emptyTally() }];
    const { harm, proof } = runChecks({ evidence: { stages, lastCandidateDataAt: null }, stage: 4, fromStage: 1, policy, references: { success: SUCCESS } });
    said.harm ||= harm.some(({ name, verdict }) => name.startsWith('success') && verdict === 'harm');
    said.proven ||= proof.some(({ name, verdict }) => name.startsWith('success') && verdict === 'proven');
    said.conversations = i;
    if (said.harm || said.proven) break;
  }
  return said;
};

const stageRows = () => {
  const anyUser = (random, users) => Math.floor(users * random());
  const cases = [
    ['independent conversations', { users: 1000, perUser: 5, icc: 0, pick: anyUser }],
    ['5 a user, ICC 0.1', { users: 1000, perUser: 5, icc: 0.1, pick: anyUser }],
    ['10 a user, ICC 0.2', { users: 500, perUser: 10, icc: 0.2, pick: anyUser }],
    ['20 a user, ICC 0.2', { users: 250, perUser: 20, icc: 0.2, pick: anyUser }],
    ['heavy users, ICC 0.2', { users: 1000, perUser: 5, icc: 0.2, pick: heavyUser }],
    ['60 users, 50 each, ICC 0.2', { users: 60, perUser: 50, icc: 0.2, pick: anyUser }],
    ['30 users, 100 each, ICC 0.2', { users: 30, perUser: 100, icc: 0.2, pick: anyUser }],
  ];
  console.log('One stage, a look every 100 conversations. False: rollback with nothing changed; rollback, promotable exactly at the margin.');
  for (const [name, scenario] of cases) {
    for (const corrected of [false, true]) {
      const count = (candidate, what) => {
        const random = seededRandom(7);
        return Array.from({ length: runs }, () => oneStage({ ...scenario, random, corrected, candidate })).filter((said) => said[what]).length;
      };
      console.log(name.padEnd(30), corrected ? 'corrected  ' : 'as if alone', percent(count(SUCCESS, 'harm')), percent(count(AT_MARGIN, 'harm')), percent(count(AT_MARGIN, 'proven')), '  finds -20 %:', percent(count(0.8 * SUCCESS, 'harm')));
    }
  }
};

/** A whole rollout of a population: users keep their bucket, so that they go on in their arm and come into others from stage to stage. */
const rollOut = ({ random, users, icc, candidate, corrected, mostPerStage }) => {
  const traffic = new UserTraffic({ random, users, icc });
  const identity = { rolloutId: 'r', target: { model: 'm', workload: 'w' }, cycleId: 'c', version: 'v2', baseVersion: 'v1' };
  let { state } = decide(newRollout(identity, 0), { type: 'considered', at: 0, champion: 'v1', placeFree: true, automationHeld: false, references: { success: SUCCESS } }, policy);
  while (!isTerminal(state)) {
    const { stage } = state;
    const share = shareOf(policy, stage);
    const controlShare = Math.min(share, 1 - share);
    if (traffic.counts(stage, 'candidate').units >= mostPerStage) return 'OPEN';
    for (let i = 0; i < 50 / Math.max(share, controlShare); i += 1) {
      const place = random();
      const user = Math.floor(place * users);
      if (place < share) traffic.talk(user, { arm: 'candidate', stage, success: candidate });
      else if (place >= 1 - controlShare) traffic.talk(user, { arm: 'control', stage, success: SUCCESS });
      else traffic.talk(user, { arm: 'rest', stage, success: SUCCESS });
    }
    const stages = Array.from({ length: stage }, (_, i) => ({ stage: i + 1, candidate: tally(traffic.counts(i + 1, 'candidate'), corrected), control: tally(traffic.counts(i + 1, 'control'), corrected), rest: emptyTally() }));
    const decision = decide(state, { type: 'evaluated', at: 1, evidence: { stages, lastCandidateDataAt: 1 }, automationHeld: false }, policy);
    state = decision.transitions.reduce(applyTransition, state);
  }
  return state.status;
};

const rolloutRows = () => {
  console.log('\nWhole rollouts, ICC 0.2, a look every 50 conversations or so of an arm, up to 3,000 of the candidate a stage.');
  const whole = Math.max(20, Math.round(runs / 4));
  for (const [name, candidate] of [['nothing changed', SUCCESS], ['at the margin', AT_MARGIN], ['-20 %', 0.8 * SUCCESS]]) {
    for (const [users, corrected] of [[6000, false], [6000, true], [1500, false], [1500, true]]) {
      const random = seededRandom(9);
      const endings = Array.from({ length: whole }, () => rollOut({ random, users, icc: 0.2, candidate, corrected, mostPerStage: 3000 }));
      const share = (status) => `${status} ${percent(endings.filter((ending) => ending === status).length, whole)}`;
      console.log(name.padEnd(16), `${users} users`, corrected ? 'corrected  ' : 'as if alone', share('ROLLED_BACK'), share('PROMOTED'), share('OPEN'));
    }
  }
};

const splitRows = () => {
  console.log('\nThe split, 3,000 users half and half, 5 conversations each on average, a fourth of the users with most of them; a look every 500.');
  for (const corrected of [false, true]) {
    const random = seededRandom(11);
    let alarms = 0;
    for (let run = 0; run < runs; run += 1) {
      const arms = Array.from({ length: 3000 }, () => (random() < 0.5 ? 'candidate' : 'control'));
      const traffic = new UserTraffic({ random, users: 3000, icc: 0 });
      for (let i = 1; i <= 15_000; i += 1) {
        const user = heavyUser(random, 3000);
        traffic.talk(user, { arm: arms[user], stage: 4, success: SUCCESS });
        if (i % 500 > 0) continue;
        const stages = [{ stage: 4, candidate: tally(traffic.counts(4, 'candidate'), corrected), control: tally(traffic.counts(4, 'control'), corrected), rest: emptyTally() }];
        const { sampleRatio } = runChecks({ evidence: { stages, lastCandidateDataAt: null }, stage: 4, fromStage: 1, policy, references: { success: SUCCESS } });
        if (sampleRatio.verdict !== 'broken') continue;
        alarms += 1;
        break;
      }
    }
    console.log(corrected ? 'users        ' : 'conversations', 'false alarms', percent(alarms));
  }
};

stageRows();
rolloutRows();
splitRows();
