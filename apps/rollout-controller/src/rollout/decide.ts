import type { Command, EvidenceRecord } from '@ratchet/domain';
import { alertsAfter } from '../alerts/alert-effect.js';
import { assess, type Assessment } from './assess.js';
import { comparisonOf, type Evidence, noEvidence, recordOf, tallyOfStage } from './evidence.js';
import { obey } from './obey.js';
import { type DecideEvent, type Decision, type Drain, type Draft, type Effect, POLICY_ACTOR } from './decision.js';
import { lastStageOf, type RolloutPolicy, shareOf } from './rollout-policy.js';
import { applyTransition, hasTraffic, type Hold, isTerminal, labelOf, type MutableState, type RolloutState, type Transition } from './rollout-state.js';

const unchanged = (state: RolloutState, ...effects: Effect[]): Decision => ({ state, transitions: [], effects });

const mutable = ({ status, stage, share, hold, statusSince, stageEnteredAt, deadlineFrom, evidenceFromStage, srmAcceptedStage, references, askedUnsafe, openAlerts }: RolloutState): MutableState => ({
  status, stage, share, hold, statusSince, stageEnteredAt, deadlineFrom, evidenceFromStage, srmAcceptedStage, references, askedUnsafe: askedUnsafe ?? null, openAlerts,
});

interface Context {
  readonly state: RolloutState;
  readonly policy: RolloutPolicy;
  readonly evidence: Evidence;
  readonly at: number;
}

const plainRecord = ({ state, evidence, policy }: Context): EvidenceRecord => recordOf(comparisonOf(tallyOfStage(evidence, state.stage), policy), []);

/** With the places in the log up to which it was counted. */
const withOffsets = (record: EvidenceRecord, { offsets = [] }: Evidence): EvidenceRecord => (offsets.length > 0 ? { ...record, offsets } : record);

const drainOf = ({ state, policy, at }: Context, { drains = false }: Draft): Drain | undefined =>
  drains && policy.drainMs > 0 && state.share > 0 ? { share: state.share, stage: state.stage, until: at + policy.drainMs } : undefined;

const routesOf = (context: Context, draft: Draft, after: MutableState): Effect[] => {
  const { state } = context;
  if (after.share === state.share && after.stage === state.stage) return [];
  if (after.status === 'PROMOTED') return [{ type: 'promote' }];
  const drain = drainOf(context, draft);
  return [{ type: 'route', share: after.share, stage: after.stage, ...(drain && { drain }) }];
};

/** Makes the row of a change, closes the alerts that it answers, and adds what the world must be told. */
const transit = (context: Context, draft: Draft): Decision => {
  const { state, evidence, at } = context;
  const sequence = state.sequence + 1;
  const moved = { ...mutable(state), hold: null, askedUnsafe: null, ...draft.change };
  const { openAlerts, effects: alerts } = alertsAfter(state.openAlerts, { sequence, reason: draft.reason, answers: () => !draft.keepAlerts, alert: draft.alert });
  const after: MutableState = { ...moved, openAlerts, statusSince: at };
  const transition: Transition = {
    sequence,
    from: labelOf(state),
    to: labelOf(after),
    at,
    actor: draft.actor,
    reason: draft.reason,
    ...(draft.metric !== undefined && { metric: draft.metric }),
    ...(draft.commandId !== undefined && { commandId: draft.commandId }),
    after,
    evidence: withOffsets(draft.record ?? plainRecord(context), evidence),
    stages: evidence.stages,
  };
  const effects: Effect[] = [...routesOf(context, draft, after), ...alerts];
  if (isTerminal(after) && state.stage > 0) effects.push({ type: 'conclude' });
  return { state: applyTransition(state, transition), transitions: [transition], effects };
};

/** The next stage, or the promotion after the last. */
export const advanced = ({ state, policy, at }: Context): Partial<MutableState> => {
  const stage = state.stage + 1;
  // The stage stays on record; traffic goes by share.
  if (stage > lastStageOf(policy)) return { status: 'PROMOTED', share: 0 };
  return { status: 'RUNNING', stage, share: shareOf(policy, stage), stageEnteredAt: at, deadlineFrom: at };
};

/** Nobody decided: what is not proven is not shipped. */
const lapsed = (context: Context): Decision => {
  const message = `Candidate ${context.state.version} is dropped: nobody approved or rejected it in time`;
  return transit(context, { actor: POLICY_ACTOR, reason: message, change: { status: 'CANCELLED' }, alert: { name: 'candidate_lapsed', severity: 'warning', message, momentary: true } });
};

const consider = (context: Context, event: Extract<DecideEvent, { type: 'considered' }>): Decision => {
  const { state, policy } = context;
  if (state.status !== 'DRAFT' && !(state.status === 'AWAITING_APPROVAL' && state.stage === 0)) return unchanged(state);
  if (event.champion !== state.baseVersion) {
    return transit(context, { actor: POLICY_ACTOR, reason: `it was made from ${state.baseVersion}, but ${event.champion} is the champion now`, change: { status: 'SUPERSEDED' } });
  }
  if (state.status === 'AWAITING_APPROVAL' && context.at - state.statusSince >= policy.approvalWaitMs) return lapsed(context);
  if (state.status !== 'DRAFT' || !event.placeFree || event.automationHeld) return unchanged(state);
  return transit(context, { actor: POLICY_ACTOR, reason: 'the first stage starts', change: { ...advanced(context), references: event.references } });
};

const NEEDS_HUMAN = 'rollout_needs_human';

const holdOf = ({ reason, overdue }: Extract<Assessment, { verdict: 'HOLD' }>): Hold | null => {
  if (reason === 'srm') return { reason, needsHuman: true };
  if (reason === 'stale' || reason === 'provider') return { reason, needsHuman: false };
  if (overdue) return { reason, needsHuman: true };
  // Waiting for a stage's minimum is what running looks like; waiting for a proof is worth a row.
  return reason === 'inconclusive' ? { reason, needsHuman: false } : null;
};

const sameHold = (a: Hold | null, b: Hold | null): boolean => a?.reason === b?.reason && a?.needsHuman === b?.needsHuman;

const holdAdvance = (context: Context, assessment: Extract<Assessment, { verdict: 'HOLD' }>): Decision => {
  const { state } = context;
  const hold = holdOf(assessment);
  if (state.hold?.needsHuman) return unchanged(state);
  // A person's approval is asked for on evidence that has changed by now.
  if (state.status !== 'AWAITING_APPROVAL' && sameHold(hold, state.hold)) return unchanged(state);
  const alert = hold?.needsHuman
    ? { name: NEEDS_HUMAN, severity: 'warning' as const, message: `The rollout of ${state.version} holds and needs a person: ${assessment.message}` }
    : hold?.reason === 'stale' || hold?.reason === 'provider'
      ? { name: 'rollout_no_data', severity: 'warning' as const, message: `The rollout of ${state.version} holds: ${assessment.message}` }
      : undefined;
  return transit(context, {
    actor: POLICY_ACTOR,
    reason: assessment.message,
    change: { status: hold ? 'HOLDING' : 'RUNNING', hold },
    record: assessment.record,
    ...(alert && { alert }),
  });
};

const askForApproval = (context: Context, { message, record }: Extract<Assessment, { verdict: 'ADVANCE' }>): Decision => {
  const { state } = context;
  const question = `Stage ${state.stage + 1} of the rollout of ${state.version} needs an approval: ${message} (stage ${state.stage}, evidence ${state.sequence + 1})`;
  return transit(context, {
    actor: POLICY_ACTOR,
    reason: question,
    change: { status: 'AWAITING_APPROVAL', askedUnsafe: record.candidate.unsafe },
    record,
    alert: { name: NEEDS_HUMAN, severity: 'info', message: question },
  });
};

const goOn = (context: Context, assessment: Extract<Assessment, { verdict: 'ADVANCE' }>, automationHeld: boolean): Decision => {
  const { state, policy } = context;
  if (state.hold?.needsHuman) return unchanged(state);
  if (state.status === 'AWAITING_APPROVAL') {
    // More of the same changes nothing; an unsafe answer that nobody has seen does, though it is no harm yet.
    return assessment.record.candidate.unsafe > (state.askedUnsafe ?? 0) ? askForApproval(context, assessment) : unchanged(state);
  }
  if (automationHeld) {
    if (state.status !== 'HOLDING') return unchanged(state);
    return transit(context, { actor: POLICY_ACTOR, reason: 'what held it is over; the automation is held by a person', change: { status: 'RUNNING' }, record: assessment.record });
  }
  if (policy.approvalStages.includes(state.stage + 1)) return askForApproval(context, assessment);
  return transit(context, { actor: POLICY_ACTOR, reason: assessment.message, change: advanced(context), record: assessment.record });
};

const HARM_WHILE_PAUSED = 'rollout_harm_while_paused';

/** What such a candidate has begun, it had better not finish. */
const neverDrained = /^(unsafe_answers|error_free_rate)/;

const supersede = (context: Context, successor: string, record: EvidenceRecord): Decision => {
  const { version, baseVersion } = context.state;
  return transit(context, {
    actor: POLICY_ACTOR,
    reason: `the newer candidate ${successor} takes its place; its share goes back to ${baseVersion}`,
    change: { status: 'SUPERSEDED', share: 0 },
    record,
    drains: true,
    alert: { name: 'rollout_superseded', severity: 'info', message: `The rollout of ${version} ended: the newer candidate ${successor} takes its place`, momentary: true },
  });
};

const evaluate = (context: Context, { automationHeld, successor }: Extract<DecideEvent, { type: 'evaluated' }>): Decision => {
  const { state, evidence, policy, at } = context;
  if (!hasTraffic(state)) return unchanged(state);
  const assessment = assess({ state, evidence, policy, now: at });
  if (state.status === 'PAUSED') {
    if (assessment.verdict !== 'ROLLBACK' || HARM_WHILE_PAUSED in state.openAlerts) return unchanged(state);
    const message = `The rollout of ${state.version} is paused by a person, and would be rolled back: ${assessment.message}`;
    return transit(context, { actor: POLICY_ACTOR, reason: message, change: {}, record: assessment.record, keepAlerts: true, alert: { name: HARM_WHILE_PAUSED, severity: 'critical', message } });
  }
  if (assessment.verdict === 'ROLLBACK') {
    const message = `${state.version} was rolled back to ${state.baseVersion} in stage ${state.stage}: ${assessment.message}`;
    return transit(context, {
      actor: POLICY_ACTOR,
      reason: assessment.message,
      metric: assessment.metric,
      change: { status: 'ROLLED_BACK', share: 0 },
      record: assessment.record,
      drains: !neverDrained.test(assessment.metric),
      alert: { name: 'rollout_rolled_back', severity: 'critical', message, momentary: true },
    });
  }
  if (successor !== undefined && !automationHeld) return supersede(context, successor, assessment.record);
  return assessment.verdict === 'HOLD' ? holdAdvance(context, assessment) : goOn(context, assessment, automationHeld);
};

const judge = (context: Context, event: Extract<DecideEvent, { type: 'judged' }>): Decision => {
  const { state } = context;
  if (state.sequence > 0) return unchanged(state);
  if (event.outcome === 'passed') return transit(context, { actor: POLICY_ACTOR, reason: `the candidate passed its gates: ${event.message}`, change: {} });
  const message = `Candidate ${state.version} has too little evidence to pass by itself and awaits an approval: ${event.message}`;
  return transit(context, { actor: POLICY_ACTOR, reason: message, change: { status: 'AWAITING_APPROVAL' }, alert: { name: NEEDS_HUMAN, severity: 'info', message } });
};

const command = (context: Context, order: Command): Decision => {
  const { state, policy, evidence, at } = context;
  const answer = obey({ state, order, at, advance: () => advanced(context) });
  if ('refusal' in answer) return unchanged(state, { type: 'refuse', message: answer.refusal });
  const record = hasTraffic(state) ? assess({ state, evidence, policy, now: at }).record : undefined;
  return transit(context, { ...answer, actor: `human:${order.actor}`, commandId: order.commandId, ...(record && { record }) });
};

/**
 * The controller's whole mind: what follows from an event, as rows to append and effects to carry out with them.
 * Pure: times and counts come in, nothing goes out, and the same arguments always give the same decision.
 */
export const decide = (state: RolloutState, event: DecideEvent, policy: RolloutPolicy): Decision => {
  const context: Context = { state, policy, at: event.at, evidence: 'evidence' in event ? event.evidence : noEvidence };
  switch (event.type) {
    case 'judged':
      return judge(context, event);
    case 'considered':
      return consider(context, event);
    case 'evaluated':
      return evaluate(context, event);
    case 'commanded':
      return command(context, event.command);
  }
};
