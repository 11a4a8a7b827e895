// People's orders in every state, and that the automation never undoes one.
import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@ratchet/testing';
import { arm, Driver, orderNames, quickPolicy, SECOND_MS, START, tally } from './rollout-driver.fixture.js';
import { hasTraffic, isTerminal, labelOf, replay } from './rollout-state.js';

const at = (seconds: number): number => START + seconds * SECOND_MS;
const arms = new Map([10, 50, 200, 300, 1000, 3000].map((n) => [n, arm(n)]));
const fine = (stage: number, n = 1000) => tally(stage, arms.get(n)!, arms.get(n)!);
const bad = (stage: number) => tally(stage, arm(300, 0.5), arm(300));

const running = (policy = quickPolicy()): Driver => new Driver(policy).started();
const situations: Record<string, () => Driver> = {
  DRAFT: () => {
    const driver = new Driver();
    driver.judged();
    return driver;
  },
  AWAITING_APPROVAL: () => {
    const driver = new Driver();
    driver.judged('insufficient');
    return driver;
  },
  'RUNNING(1)': () => running(),
  'AWAITING_APPROVAL(1)': () => {
    const driver = running(quickPolicy({ approvalStages: [2] }));
    driver.evaluated(at(10), [fine(1)]);
    return driver;
  },
  'HOLDING(stale)': () => {
    const driver = running(quickPolicy({ noDataDeadlineMs: 5_000 }));
    driver.evaluated(at(10), [], { lastCandidateDataAt: START });
    return driver;
  },
  'HOLDING(srm)': () => {
    const driver = running();
    driver.evaluated(at(10), [tally(1, arm(500), arm(250))]);
    return driver;
  },
  'HOLDING(insufficient)': () => {
    const driver = running();
    driver.evaluated(at(3_700), [tally(1, arm(10), arm(10))]);
    return driver;
  },
  'HOLDING(inconclusive)': () => {
    const driver = running();
    const thin = [1, 2, 3, 4].map((stage) => fine(stage, stage === 1 ? 50 : 200));
    for (let second = 10; second <= 50; second += 10) driver.evaluated(at(second), thin);
    return driver;
  },
  PAUSED: () => {
    const driver = running();
    driver.ordered('rollout.pause', at(1));
    return driver;
  },
  ROLLED_BACK: () => {
    const driver = running();
    driver.evaluated(at(1), [bad(1)]);
    return driver;
  },
  PROMOTED: () => {
    const driver = running();
    for (let i = 1; i <= 5; i += 1) driver.ordered('rollout.advance', at(i));
    return driver;
  },
  SUPERSEDED: () => {
    const driver = running();
    driver.evaluated(at(1), [], { successor: 'v3-c' });
    return driver;
  },
  CANCELLED: () => {
    const driver = new Driver();
    driver.judged();
    driver.ordered('candidate.reject', at(1));
    return driver;
  },
};

const over = [/no traffic/, /only a paused/, /no traffic/, /no traffic/, /nothing awaits/, /no traffic/];
const none = /nothing awaits an approval/;
const notHeld = /only a paused rollout, or one that holds for a person/;
/** In the order of `orderNames`: pause, resume, advance, rollback, approve, reject. A pattern is a refusal. */
const expected: Record<keyof typeof situations, readonly (string | RegExp)[]> = {
  DRAFT: [/no traffic/, notHeld, /approved instead/, /no traffic/, none, 'CANCELLED'],
  AWAITING_APPROVAL: [/no traffic/, notHeld, /approved instead/, /no traffic/, 'DRAFT', 'CANCELLED'],
  'RUNNING(1)': ['PAUSED', notHeld, 'RUNNING(2)', 'ROLLED_BACK', none, 'ROLLED_BACK'],
  'AWAITING_APPROVAL(1)': ['PAUSED', notHeld, 'RUNNING(2)', 'ROLLED_BACK', 'RUNNING(2)', 'ROLLED_BACK'],
  'HOLDING(stale)': ['PAUSED', notHeld, 'RUNNING(2)', 'ROLLED_BACK', none, 'ROLLED_BACK'],
  'HOLDING(srm)': ['PAUSED', 'RUNNING(1)', 'RUNNING(2)', 'ROLLED_BACK', none, 'ROLLED_BACK'],
  'HOLDING(insufficient)': ['PAUSED', 'RUNNING(1)', 'RUNNING(2)', 'ROLLED_BACK', none, 'ROLLED_BACK'],
  'HOLDING(inconclusive)': ['PAUSED', notHeld, 'RUNNING(5)', 'ROLLED_BACK', none, 'ROLLED_BACK'],
  PAUSED: [/paused already/, 'RUNNING(1)', 'RUNNING(2)', 'ROLLED_BACK', none, 'ROLLED_BACK'],
  ROLLED_BACK: over,
  PROMOTED: over,
  SUPERSEDED: over,
  CANCELLED: over,
};

const cases = Object.entries(situations).flatMap(([label, make]) => orderNames.map((name, i) => [name, label, make, expected[label]![i]!] as const));

describe('an order', () => {
  it.each(cases)('%s in %s', (name, label, make, outcome) => {
    const driver = make();
    expect(labelOf(driver.state)).toBe(label);
    const { share, stage } = driver.state;
    const { transitions, effects, state } = driver.ordered(name, at(5_000));
    if (outcome instanceof RegExp) {
      expect(effects).toEqual([{ type: 'refuse', message: expect.stringMatching(outcome) }]);
      expect(transitions).toEqual([]);
      return;
    }
    expect(labelOf(state)).toBe(outcome);
    expect(transitions).toMatchObject([{ from: label, to: outcome, actor: 'human:ada', commandId: `${name}-${at(5_000)}` }]);
    const moves = effects.filter(({ type }) => type === 'route' || type === 'promote');
    expect(moves).toHaveLength(state.share !== share || state.stage !== stage ? 1 : 0);
  });
});

describe('the automation', () => {
  const drive = (seed: number): Driver => {
    const random = seededRandom(seed);
    const driver = new Driver(quickPolicy({ noDataDeadlineMs: 20_000, approvalStages: random.next() < 0.5 ? [3] : [], drainMs: random.next() < 0.5 ? 60_000 : 0 }));
    driver.judged(random.next() < 0.7 ? 'passed' : 'insufficient');
    for (let i = 1, seconds = 0; i <= 60; i += 1) {
      seconds += random.between(1, 15);
      const roll = random.next();
      if (roll < 0.2) driver.ordered(random.pick(orderNames), at(seconds), { issuedAt: at(seconds - random.between(0, 3)) });
      else if (roll < 0.35) driver.considered({ at: at(seconds), placeFree: random.next() < 0.8, champion: random.next() < 0.98 ? 'v1-a' : 'v9-z', automationHeld: random.next() < 0.1 });
      else {
        const past = Array.from({ length: Math.max(0, driver.state.stage - 1) }, (_, j) => fine(j + 1));
        const present = random.next() < 0.05 ? bad(driver.state.stage) : random.next() < 0.1 ? tally(driver.state.stage, arm(500), arm(300)) : fine(driver.state.stage, random.pick([10, 300, 3000]));
        const lastCandidateDataAt = random.next() < 0.9 ? at(seconds) : START;
        driver.evaluated(at(seconds), [...past, present], { lastCandidateDataAt, automationHeld: random.next() < 0.1, ...(random.next() < 0.02 && { successor: 'v3-c' }) });
      }
    }
    return driver;
  };
  const human = (actor: string): boolean => actor.startsWith('human:');
  const runs = Array.from({ length: 80 }, (_, seed) => drive(seed + 1));

  it('never ends a pause, never revives what has ended, and writes no row after the end', () => {
    for (const { transitions } of runs) {
      transitions.forEach(({ from, to, actor, after }, i) => {
        // A note of harm while paused is the one row that the automation may add.
        if (from === 'PAUSED' && !human(actor)) expect(to).toBe('PAUSED');
        if (isTerminal(after)) expect(i).toBe(transitions.length - 1);
      });
    }
  });

  it('has rows that lead to the state at every step, and one change of routing for each change of share', () => {
    for (const driver of runs) {
      let before = driver.initial;
      for (const { state, transitions, effects } of driver.decisions) {
        expect(replay(before, transitions)).toEqual(state);
        const moves = effects.filter(({ type }) => type === 'route' || type === 'promote');
        expect(moves).toHaveLength(state.share !== before.share ? 1 : 0);
        if (isTerminal(state)) expect(state.share).toBe(0);
        before = state;
      }
      expect(replay(driver.initial, driver.transitions)).toEqual(driver.state);
    }
  });

  it('goes up one stage at a time, and past an approval only by a person', () => {
    for (const { transitions, policy } of runs) {
      transitions.forEach(({ from, after, actor }, i) => {
        const stage = transitions[i - 1]?.after.stage ?? 0;
        expect([stage, stage + 1]).toContain(after.stage);
        if (after.stage === stage + 1 && (policy.approvalStages.includes(after.stage) || from.startsWith('AWAITING'))) expect(human(actor)).toBe(true);
      });
    }
  });

  it('keeps no alert open that the state does not answer for', () => {
    for (const { state } of runs) if (!hasTraffic(state) && state.status !== 'AWAITING_APPROVAL') expect(state.openAlerts).toEqual({});
  });

  it('came to every end in these runs', () => {
    const ends = new Set(runs.map(({ state }) => state.status));
    for (const end of ['ROLLED_BACK', 'SUPERSEDED', 'CANCELLED', 'PROMOTED'] as const) expect(ends).toContain(end);
    expect(runs.filter(({ transitions }) => transitions.some(({ to }) => to === 'PAUSED')).length).toBeGreaterThan(10);
  });
});

