import { type Harm, harmOf } from './arm-guards.js';
import { type ExperimentCounts, nothingCounted } from './experiment-counts.js';
import { EXPERIMENT_ACTOR, type ExperimentDecision, type ExperimentDraft, type ExperimentEvent, type ExperimentPolicy } from './experiment-decision.js';
import { type ExperimentState, hasArms } from './experiment-state.js';
import { type ExperimentVerdict, informationFraction, isLookDue, isLookPossible } from './looks.js';
import { isCovered } from './rate-difference.js';
import { BAYES_FACTOR_BROKEN, effectiveUnits, isSplitBrokenAtEnd, type ReadOut, readOut, sampleRatioOf } from './read-out.js';
import { transit, unchanged } from './transit.js';

interface Context {
  readonly state: ExperimentState;
  readonly policy: ExperimentPolicy;
  readonly counts: ExperimentCounts;
  readonly champion: string;
  readonly at: number;
}

// Below these, a normal approximation says nothing.
const UNITS_AN_ARM_MIN = 100;
const UNITS_AN_ARM_OF_A_LOOK_MIN = 50;
const OUTCOMES_OF_EACH_KIND_MIN = 10;
/** An open plan is decided about at every evaluation, and put on record whenever it has so many times the units of the last time. */
const GROWTH_ON_RECORD = 1.5;

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

const fractionOf = ({ state: { settings }, counts }: Context): number => {
  if (settings.plan.type === 'open') return 0;
  const { control, treatment } = effectiveUnits(counts);
  return informationFraction({ treatment: treatment.units, control: control.units, shares: settings, unitsPerArm: settings.plan.unitsPerArm });
};

const stillAdjusts = ({ state, counts }: Context): boolean => state.mayAdjust && isCovered(counts.control) && isCovered(counts.treatment);

const read = (context: Context, { fractions, isLast }: { fractions: readonly number[]; isLast: boolean }): ReadOut => {
  const { state, counts } = context;
  const { plan, alpha, margin } = state.settings;
  return readOut({ counts, plan, shares: state.settings, alpha, margin, fractions, mayAdjust: stillAdjusts(context), isLast });
};

const enough = ({ counts }: Context, unitsAnArm: number): boolean => {
  const { control, treatment } = effectiveUnits(counts);
  const failed = control.failed + treatment.failed;
  return Math.min(control.units, treatment.units) >= unitsAnArm && Math.min(failed, control.units + treatment.units - failed) >= OUTCOMES_OF_EACH_KIND_MIN;
};

const describe = ({ reading, verdict }: ReadOut): string => {
  const { difference, lower, upper } = reading.adjusted ?? reading;
  const words: Record<ExperimentVerdict, string> = { treatment_wins: 'the treatment wins', control_wins: 'the control wins', no_difference: 'there is no difference that matters', inconclusive: 'nothing is shown' };
  return `${words[verdict]}: treatment minus control is ${percent(difference)}${reading.adjusted ? ' (adjusted for the covariate)' : ''}, between ${percent(lower)} and ${percent(upper)}`;
};

interface Ending {
  readonly result: ReadOut;
  readonly fractions: readonly number[];
  readonly actor?: string;
  readonly commandId?: string;
  /** Why it ends, before what the reading says. */
  readonly because?: string;
}

/** A broken split leaves no claim standing; who wins then is not known. */
const conclude = (context: Context, { result, fractions, actor = EXPERIMENT_ACTOR, commandId, because }: Ending): ExperimentDecision => {
  const { state, champion } = context;
  const { reading } = result;
  const isBroken = state.hold === 'split' || isSplitBrokenAtEnd(reading.sampleRatio);
  const verdict = isBroken ? 'inconclusive' : result.verdict;
  const found = isBroken ? `the split is broken (${splitOf(context)}), so nothing is concluded` : describe(result);
  const concluded = transit(context, {
    actor,
    reason: because === undefined ? found : `${because}; ${found}`,
    ...(commandId !== undefined && { commandId }),
    change: { status: 'concluded', hold: null, verdict, reading: { ...reading, sampleRatio: { ...reading.sampleRatio, broken: isBroken } }, fractions, mayAdjust: stillAdjusts(context) },
  });
  const opensRollout = verdict === 'treatment_wins' && state.settings.onWin === 'rollout' && state.control === champion && actor === EXPERIMENT_ACTOR;
  return opensRollout ? { ...concluded, effects: [...concluded.effects, { type: 'openRollout' }] } : concluded;
};

const splitOf = ({ state: { settings }, counts }: Context): string => {
  const { treatment, control } = counts.assigned ?? { treatment: counts.treatment.units, control: counts.control.units };
  const whole = settings.share + settings.controlShare;
  return `treatment ${treatment} to control ${control} units, where ${((100 * settings.share) / whole).toFixed(1)} % to ${((100 * settings.controlShare) / whole).toFixed(1)} % were meant`;
};

/** Harm ends it without any test of success: the reading says what was seen until then. */
const endByHarm = (context: Context, { arm, message }: Harm): ExperimentDecision => {
  const { state } = context;
  const { reading } = read(context, { fractions: [], isLast: true });
  const { pValue: _, ...seen } = reading;
  const verdicts = { treatment: 'control_wins', control: 'treatment_wins', both: 'inconclusive' } as const;
  const named = { treatment: `${state.treatment} (treatment) does harm`, control: `${state.control} (control) does harm`, both: 'both arms do harm' };
  const reason = `${named[arm]}: ${message}`;
  return transit(context, {
    actor: EXPERIMENT_ACTOR,
    reason,
    change: { status: 'concluded', hold: null, verdict: verdicts[arm], reading: seen },
    alert: { name: 'experiment_harm', severity: 'critical', message: `The experiment of ${state.treatment} against ${state.control} was ended: ${reason}`, momentary: true },
  });
};

const holdSplit = (context: Context): ExperimentDecision => {
  const message = `the split is broken: ${splitOf(context)}`;
  return transit(context, {
    actor: EXPERIMENT_ACTOR,
    reason: `${message}; no winner can be named any more`,
    change: { status: 'held', hold: 'split', reading: read(context, { fractions: [], isLast: false }).reading },
    alert: { name: 'experiment_split', severity: 'warning', message: `The experiment of ${context.state.treatment} can have no winner (Bayes factor above ${BAYES_FACTOR_BROKEN}): ${message}` },
  });
};

/** A look of a fixed plan, where its information is there. */
const lookFixed = (context: Context): ExperimentDecision => {
  const { state } = context;
  const { plan } = state.settings;
  const fraction = fractionOf(context);
  const before = state.fractions.at(-1) ?? 0;
  if (plan.type !== 'fixed' || !isLookDue(plan, { fraction, before })) return unchanged(state);
  const isEnd = fraction >= 1;
  if (state.hold === 'split') return isEnd ? conclude(context, { result: read(context, { fractions: [], isLast: true }), fractions: state.fractions, because: 'the planned end is reached' }) : unchanged(state);
  if (!isEnd && !enough(context, UNITS_AN_ARM_OF_A_LOOK_MIN)) return unchanged(state);
  const fractions = [...state.fractions, fraction];
  const result = read(context, { fractions, isLast: false });
  const isCrossed = result.verdict === 'treatment_wins' || result.verdict === 'control_wins';
  if (isEnd || isCrossed) {
    return conclude(context, { result: read(context, { fractions, isLast: true }), fractions, because: isEnd ? 'the planned end is reached' : `the bound of look ${fractions.length} is crossed` });
  }
  const reason = `look ${fractions.length} at ${percent(fraction)} of the information: ${describe(result)}`;
  return transit(context, { actor: EXPERIMENT_ACTOR, reason, change: { fractions, reading: result.reading, mayAdjust: stillAdjusts(context) } });
};

/** An open plan is looked at whenever there is something new. */
const lookOpen = (context: Context): ExperimentDecision => {
  const { state, counts } = context;
  if (state.hold === 'split' || !enough(context, UNITS_AN_ARM_MIN)) return unchanged(state);
  const result = read(context, { fractions: [], isLast: true });
  if (result.verdict !== 'inconclusive') return conclude(context, { result, fractions: [] });
  const units = counts.control.units + counts.treatment.units;
  if (units < GROWTH_ON_RECORD * state.unitsRead) return unchanged(state);
  return transit(context, { actor: EXPERIMENT_ACTOR, reason: `reading at ${units} units: ${describe(result)}`, change: { unitsRead: units, reading: result.reading, mayAdjust: stillAdjusts(context) } });
};

/** Silence concludes nothing; it is said, and over when counts come again. */
const holdSilence = (context: Context): ExperimentDecision | undefined => {
  const { state, counts, policy, at } = context;
  const silentMs = at - Math.max(counts.lastDataAt ?? 0, state.startedAt ?? at);
  if (silentMs > policy.noDataDeadlineMs) {
    // A broken split outlasts silence, and is on alert already.
    if (state.hold !== null) return unchanged(state);
    const message = `no counts of an arm for ${Math.floor(silentMs / 1000)} s`;
    return transit(context, { actor: EXPERIMENT_ACTOR, reason: message, change: { status: 'held', hold: 'no_data' }, alert: { name: 'experiment_no_data', severity: 'warning', message: `The experiment of ${state.treatment} has ${message}` } });
  }
  return state.hold === 'no_data' ? transit(context, { actor: EXPERIMENT_ACTOR, reason: 'counts come again', change: { status: 'running', hold: null } }) : undefined;
};

/** An experiment keeps rollouts waiting, so one that takes long is said once. */
const sayLong = (context: Context): ExperimentDecision | undefined => {
  const { state, policy, at } = context;
  if ('experiment_long' in state.openAlerts || at - (state.startedAt ?? at) <= policy.maxStageMs) return undefined;
  const message = `The experiment of ${state.treatment} has run for ${Math.floor(policy.maxStageMs / 3_600_000)} hours without a verdict; rollouts of its target wait for its end`;
  return transit(context, { actor: EXPERIMENT_ACTOR, reason: message, change: {}, alert: { name: 'experiment_long', severity: 'warning', message } });
};

/** Harm before the split, the split before any look: what ends or blocks a verdict is asked first. */
const evaluate = (context: Context): ExperimentDecision => {
  const { state, counts, policy, champion } = context;
  if (!hasArms(state)) return unchanged(state);
  const harm = harmOf(counts, policy, { treatment: state.treatment === champion, control: state.control === champion });
  if (harm) return endByHarm(context, harm);
  if (state.hold !== 'split' && sampleRatioOf({ counts, shares: state.settings }).broken) return holdSplit(context);
  const silence = holdSilence(context);
  if (silence) return silence;
  const looked = state.settings.plan.type === 'fixed' ? lookFixed(context) : lookOpen(context);
  return looked.transitions.length > 0 ? looked : (sayLong(context) ?? looked);
};

const consider = (context: Context, placeFree: boolean): ExperimentDecision => {
  const { state, champion, at } = context;
  if (state.status !== 'queued' || !placeFree) return unchanged(state);
  const control = state.controlIsChampion ? champion : state.control;
  if (control === state.treatment) return transit(context, { actor: EXPERIMENT_ACTOR, reason: `${control} is the champion by now: treatment and control are the same version`, change: { status: 'cancelled', control } });
  return transit(context, { actor: state.orderedBy, reason: state.orderReason, change: { status: 'running', control, startedAt: at } });
};

const stop = (context: Context, { command }: Extract<ExperimentEvent, { type: 'stopped' }>): ExperimentDecision => {
  const { state } = context;
  const by: Pick<ExperimentDraft, 'actor' | 'commandId'> = { actor: `human:${command.actor}`, commandId: command.commandId };
  if (state.status === 'queued') return transit(context, { ...by, reason: command.reason, change: { status: 'cancelled' } });
  if (!hasArms(state)) return unchanged(state, { type: 'refuse', message: `experiment ${state.experimentId} is over: ${state.status}` });
  const { plan } = state.settings;
  const fraction = fractionOf(context);
  const isLook = plan.type === 'fixed' && enough(context, UNITS_AN_ARM_OF_A_LOOK_MIN) && isLookPossible(plan, { fraction, before: state.fractions.at(-1) ?? 0 });
  const fractions = isLook ? [...state.fractions, fraction] : state.fractions;
  // Without a look that the plan has an error rate for, what was seen stays without a claim.
  const isClaim = isLook || (plan.type === 'open' && enough(context, UNITS_AN_ARM_MIN));
  const seen = read(context, { fractions: isLook ? fractions : [], isLast: true });
  const result: ReadOut = isClaim ? seen : { verdict: 'inconclusive', reading: { ...seen.reading, lower: -1, upper: 1 } };
  return conclude(context, { result, fractions, ...by, because: `stopped: ${command.reason}` });
};

const order = (context: Context, { commandId, refusal }: Extract<ExperimentEvent, { type: 'ordered' }>): ExperimentDecision => {
  const { state } = context;
  if (state.sequence > 0) return unchanged(state);
  const { orderedBy: actor, orderReason: reason } = state;
  if (refusal === undefined) return transit(context, { actor, reason, commandId, change: {} });
  const refused = transit(context, { actor: EXPERIMENT_ACTOR, reason: refusal, commandId, change: { status: 'cancelled' } });
  return { ...refused, effects: [...refused.effects, { type: 'refuse', message: refusal }] };
};

/**
 * What follows for an experiment from an event, as rows to append and effects to carry out with them.
 * Pure: times and counts come in, nothing goes out, and the same arguments always give the same decision.
 */
export const decideExperiment = (state: ExperimentState, event: ExperimentEvent, policy: ExperimentPolicy): ExperimentDecision => {
  const context: Context = { state, policy, counts: 'counts' in event ? event.counts : nothingCounted, champion: 'champion' in event ? event.champion : '', at: event.at };
  switch (event.type) {
    case 'ordered':
      return order(context, event);
    case 'considered':
      return consider(context, event.placeFree);
    case 'evaluated':
      return evaluate(context);
    case 'stopped':
      return stop(context, event);
  }
};
