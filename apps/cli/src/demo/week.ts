import { setTimeout as wait } from 'node:timers/promises';
import { behaviour } from './behaviour.js';
import { judgeUnseen } from './judge-unseen.js';
import type { UnseenAccuracy } from './judge-unseen.js';
import { demandIn } from './plan.js';
import type { DemoPlan } from './plan.js';
import { gateTable, rejectionLine, stageLine, weekTable } from './report.js';
import type { WeekReport } from './report.js';
import type { Simulator } from './simulator.js';
import type { CycleView, Rate, TopicView } from './topic-view.js';
import type { World } from './user.js';

export interface Screen {
  /** A result, for standard output. */
  print(text: string): void;
  /** What is going on, for standard error; replaces what was said before. */
  say(text: string): void;
}

export interface WeekContext {
  readonly plan: DemoPlan;
  readonly view: TopicView;
  readonly simulator: Simulator;
  readonly modelUrl: string;
  readonly thanks: readonly string[];
  readonly screen: Screen;
  readonly poison: World['poison'];
  readonly stopped: () => boolean;
  /** The daily analysis, whose clock the demo is. */
  readonly orderAnalysis: () => Promise<void>;
}

const CYCLE_WITHIN_MS = 600_000;
const ROLLOUT_WITHIN_MS = 900_000;
const CONVERSATIONS_A_DAY = 7_000;
/** So many days without a cycle, and the week ends: there is nothing to improve. */
const DAYS_MAX = 7;
/** Conversations whose end nobody reported end by being idle. */
const SETTLE_MS = 4_500;
const NIGHT_MS = 120_000;
const AFTER_ANALYSIS_MS = 7_000;
const RECORD_WITHIN_MS = 180_000;

export class DemoError extends Error {}

const worldOf = ({ plan, thanks, poison }: WeekContext, week: number): World => ({
  intents: new Map(plan.data.intents.map((intent) => [intent.intent, intent])),
  outOfScope: plan.data.outOfScope,
  texts: plan.traffic,
  demand: demandIn(plan, week, behaviour.newTopicDemand),
  thanks,
  ...(poison && { poison }),
});

const accuracyOf = ({ view, plan, modelUrl }: WeekContext, version: string): Promise<UnseenAccuracy> => {
  const bundle = view.bundles.get(version);
  if (!bundle) throw new DemoError(`the topics do not hold the bundle of ${version}`);
  return judgeUnseen({ baseUrl: modelUrl, model: bundle.provider.model, items: plan.unseen });
};

const difference = (now: Rate, before: Rate): Rate => ({ outcomes: now.outcomes - before.outcomes, failures: now.failures - before.failures });
const percent = ({ failures, outcomes }: Rate): string => (outcomes === 0 ? '–' : `${((100 * failures) / outcomes).toFixed(1)} %`);

interface Day {
  readonly world: World;
  /** Cycles before this week's. */
  readonly known: number;
  readonly champion: string;
  readonly before: Rate;
}

/** A day's conversations; ends early where a cycle begins. */
const liveThroughDay = async (context: WeekContext, { world, known, champion, before }: Day): Promise<void> => {
  const { view, simulator, screen, stopped } = context;
  const from = simulator.traffic.conversations;
  let lastSaid = 0;
  await simulator.run(world, () => {
    const sent = simulator.traffic.conversations - from;
    if (Date.now() - lastSaid > 1_000) {
      lastSaid = Date.now();
      const rate = difference(view.rateOf(champion), before);
      screen.say(`traffic: ${sent} conversations today, failure rate ${percent(rate)}, ${view.failuresSeen} failures, ${view.opportunities.size} opportunities, ${view.examples} examples`);
    }
    return view.history.length > known || sent >= CONVERSATIONS_A_DAY || stopped();
  });
};

/** The night's analysis, and what follows from it; ends when a cycle begins, or when nothing more comes. */
const sleepThroughNight = async (context: WeekContext, { known }: Day): Promise<void> => {
  const { view, screen, stopped, orderAnalysis } = context;
  const analyses = view.analyses.size;
  await wait(SETTLE_MS);
  await orderAnalysis();
  const until = Date.now() + NIGHT_MS;
  let analysedAt = 0;
  while (view.history.length === known && !stopped() && Date.now() < until) {
    screen.say(`night: ${analysedAt === 0 ? 'failures are analysed' : 'examples are made'}; ${view.opportunities.size} opportunities, ${view.examples} examples`);
    if (analysedAt === 0 && view.analyses.size > analyses) analysedAt = Date.now();
    if (analysedAt > 0 && Date.now() - analysedAt > AFTER_ANALYSIS_MS) return;
    await wait(200);
  }
};

/** Days of traffic until a cycle begins. Undefined where none did, or the user stopped the demo. */
const trafficUntilCycle = async (context: WeekContext, world: World, known: number): Promise<CycleView | undefined> => {
  const { view, stopped } = context;
  const champion = view.routing?.champion ?? '';
  const day: Day = { world, known, champion, before: { ...view.rateOf(champion) } };
  for (let turn = 1; turn <= DAYS_MAX && view.history.length === known && !stopped(); turn += 1) {
    await liveThroughDay(context, day);
    if (view.history.length === known && !stopped()) await sleepThroughNight(context, day);
  }
  return view.history[known];
};

const untilJudged = async ({ screen, stopped }: WeekContext, cycle: CycleView): Promise<void> => {
  const until = Date.now() + CYCLE_WITHIN_MS;
  while (!cycle.verdict && !cycle.trainingFailure && !stopped()) {
    if (Date.now() > until) throw new DemoError('no verdict in time: see the logs of trainer-dispatcher and evaluator');
    screen.say(cycle.version ? `${cycle.version} is at the gates` : `training on ${cycle.started.exampleCount} examples (${cycle.started.trigger})`);
    await wait(200);
  }
};

const rollOut = async (context: WeekContext, world: World, cycle: CycleView): Promise<void> => {
  const { view, simulator, screen, stopped } = context;
  const until = Date.now() + ROLLOUT_WITHIN_MS;
  let printed = 0;
  let lastSaid = 0;
  await simulator.run(world, () => {
    for (; printed < cycle.stages.length; printed += 1) screen.print(stageLine(cycle.stages[printed] as CycleView['stages'][number]));
    if (Date.now() - lastSaid > 1_000) {
      lastSaid = Date.now();
      const candidate = view.rateOf(cycle.version ?? '', 'candidate');
      screen.say(`rollout at ${((view.routing?.share ?? 0) * 100).toFixed(0)} %: ${simulator.traffic.conversations} conversations sent, candidate's failure rate ${percent(candidate)} of ${candidate.outcomes}`);
    }
    if (Date.now() > until) throw new DemoError('the rollout did not end in time: see the log of rollout-controller');
    return cycle.promoted !== undefined || cycle.rolledBack !== undefined || stopped();
  });
};

const resultOf = (cycle: CycleView): WeekReport['result'] => {
  if (cycle.promoted) return 'promoted';
  if (cycle.rolledBack) return 'rolled_back';
  if (cycle.trainingFailure) return 'training_failed';
  return cycle.verdict?.outcome === 'failed' ? 'rejected' : cycle.verdict?.outcome === 'superseded' ? 'superseded' : 'insufficient';
};

const announce = ({ screen }: WeekContext, cycle: CycleView): void => {
  const { started, verdict, version = '', rolledBack, trainingFailure } = cycle;
  if (trainingFailure) screen.print(`TRAINING FAILED: ${trainingFailure}`);
  if (verdict && verdict.outcome === 'failed') screen.print(rejectionLine(version, verdict.gates));
  if (verdict && verdict.outcome !== 'failed' && verdict.outcome !== 'passed') screen.print(`NOT PROVEN (${verdict.outcome}) ${version}: ${verdict.message}`);
  if (rolledBack) screen.print(`ROLLED BACK ${version} to ${started.baseVersion} at stage ${rolledBack.stage}: ${rolledBack.metric}, ${rolledBack.reason}`);
};

/** A cycle that was under way when the demo was stopped is finished first. */
const isOpen = ({ promoted, rolledBack, trainingFailure, verdict }: CycleView): boolean => !promoted && !rolledBack && !trainingFailure && (!verdict || verdict.outcome === 'passed');

/** Where the evidence did not suffice, its examples wait for more: the week goes on until something is decided. */
const CYCLES_A_WEEK_MAX = 4;

const turnUntilDecided = async (context: WeekContext, world: World): Promise<CycleView | undefined> => {
  const { view, screen } = context;
  for (let turn = 1; ; turn += 1) {
    const cycle = view.history.findLast(isOpen) ?? (await trafficUntilCycle(context, world, view.history.length));
    if (!cycle) return undefined;
    const { cycleId, trigger, triggerReason, opportunityIds, exampleCount, failuresAnalyzed } = cycle.started;
    screen.print(`  cycle ${cycleId}: ${trigger} (${triggerReason}); ${opportunityIds.length} weaknesses, ${exampleCount} examples from ${failuresAnalyzed} analysed failures`);
    await untilJudged(context, cycle);
    if (cycle.verdict) screen.print(gateTable(cycle.verdict.gates));
    if (cycle.verdict?.outcome === 'passed') await rollOut(context, world, cycle);
    announce(context, cycle);
    if (resultOf(cycle) !== 'insufficient' || turn >= CYCLES_A_WEEK_MAX || context.stopped()) return cycle;
  }
};

/** A cycle has ended when it is on the record. */
const untilRecorded = async ({ view, screen, stopped }: WeekContext, { cycleId }: CycleView['started']): Promise<void> => {
  const until = Date.now() + RECORD_WITHIN_MS;
  while (!view.recorded.has(cycleId) && !stopped()) {
    if (Date.now() > until) throw new DemoError(`cycle ${cycleId} is not on the record: see the log of console`);
    screen.say('the cycle is put on the record');
    await wait(200);
  }
};

/** One whole turn of the loop: traffic, cycle, gates, rollout. Undefined where no cycle began. */
export const runWeek = async (context: WeekContext, week: number): Promise<WeekReport | undefined> => {
  const { view, screen, simulator } = context;
  const startedAt = performance.now();
  const champion = view.routing?.champion ?? '';
  const world = worldOf(context, week);
  const trafficBefore = { ...simulator.traffic };
  const championBefore = { ...view.rateOf(champion) };
  const accuracyBefore = await accuracyOf(context, champion);
  screen.print(`\nWeek ${week}: ${champion} serves; unseen accuracy ${((100 * accuracyBefore.overall.right) / accuracyBefore.overall.n).toFixed(1)} %`);
  const cycle = await turnUntilDecided(context, world);
  if (!cycle) return undefined;
  const { started } = cycle;
  if (context.stopped()) return undefined;
  const result = resultOf(cycle);
  const version = cycle.version ?? null;
  const after = result === 'promoted' && version ? await accuracyOf(context, version) : accuracyBefore;
  const report: WeekReport = {
    week,
    cycleId: started.cycleId,
    trigger: started.trigger,
    version,
    baseVersion: started.baseVersion,
    result,
    gates: cycle.verdict?.gates ?? [],
    stages: cycle.stages.map(({ stage, share, to, reason, evidence }) => ({ stage, share, to, reason, candidateUnits: evidence.candidate.units })),
    failureRate: { before: difference(view.rateOf(champion), championBefore), after: view.rateOf(version ?? '') },
    accuracy: { before: accuracyBefore, after },
    traffic: {
      conversations: simulator.traffic.conversations - trafficBefore.conversations,
      requests: simulator.traffic.requests - trafficBefore.requests,
      wrong: simulator.traffic.wrong - trafficBefore.wrong,
      errors: simulator.traffic.errors - trafficBefore.errors,
    },
    seconds: Math.round((performance.now() - startedAt) / 1_000),
  };
  if (result === 'promoted') screen.print(`PROMOTED ${version} (was ${started.baseVersion}) after ${report.traffic.conversations} conversations and ${report.seconds} s`);
  screen.print(weekTable(report));
  await untilRecorded(context, started);
  return report;
};
