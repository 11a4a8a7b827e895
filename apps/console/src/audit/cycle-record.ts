import type { CandidateJudged, CandidateRegistered, Command, CycleRecord, RolloutAdvanced, TrainingFailed, TrainingStarted, VersionPromoted, VersionRolledBack } from '@ratchet/domain';

/** What the console has read about one cycle. */
export interface CycleFacts {
  readonly started: TrainingStarted;
  readonly registered?: CandidateRegistered;
  readonly trainingFailed?: TrainingFailed;
  readonly judged?: CandidateJudged;
  /** A person let the candidate into its rollout. */
  readonly approved?: RolloutAdvanced;
  /** The candidate left its rollout before it had traffic: turned down, not decided about in time, or overtaken. */
  readonly dropped?: RolloutAdvanced;
  readonly promoted?: VersionPromoted;
  readonly rolledBack?: VersionRolledBack;
  readonly commands?: readonly Command[];
}

/** What a rollout that ended without traffic makes of its cycle: the words that the trainer-dispatcher uses. */
export const outcomeOfDropped = ({ to, actor }: Pick<RolloutAdvanced, 'to' | 'actor'>): 'superseded' | 'rejected' | 'insufficient' =>
  to === 'SUPERSEDED' ? 'superseded' : actor.startsWith('human:') ? 'rejected' : 'insufficient';

export const decisionOf = ({ trainingFailed, judged, promoted, dropped, rolledBack }: CycleFacts): string => {
  if (rolledBack) return `rolled back at stage ${rolledBack.stage}: ${rolledBack.reason}`;
  if (promoted) return `promoted ${promoted.version}: ${promoted.reason}`;
  if (dropped) return `not deployed, ${outcomeOfDropped(dropped)} (${dropped.actor}): ${dropped.reason}`;
  if (trainingFailed) return `not deployed, training failed: ${trainingFailed.reason}`;
  if (judged) return `not deployed, gates ${judged.outcome}: ${judged.message}`;
  return 'not deployed';
};

/** The article's record of a cycle, from its facts. `timestamp` is when the last fact happened. */
export const cycleRecordOf = (facts: CycleFacts, timestamp: string): CycleRecord => {
  const { started, judged, rolledBack, commands = [] } = facts;
  return {
    cycle_id: started.cycleId,
    model: started.model,
    workload: started.workload,
    trigger: `${started.trigger}: ${started.triggerReason}`,
    ...(started.triggerFacts && { trigger_facts: started.triggerFacts }),
    failures_analyzed: started.failuresAnalyzed,
    data_generated: started.exampleCount,
    training_config: started.trainingConfig,
    evaluation_results: judged ? [...judged.gates] : [],
    deployment_decision: decisionOf(facts),
    rollback_events: rolledBack ? [{ at: rolledBack.rolledBackAt, stage: rolledBack.stage, metric: rolledBack.metric, reason: rolledBack.reason, actor: rolledBack.actor }] : [],
    human_approvals: commands.map(({ name, actor, reason, issuedAt }) => ({ command: name, actor, reason, at: issuedAt })),
    timestamp,
  };
};
