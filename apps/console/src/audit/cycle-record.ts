import type { CandidateJudged, CandidateRegistered, Command, CycleRecord, TrainingFailed, TrainingStarted, VersionPromoted, VersionRolledBack } from '@ratchet/domain';

/** What the console has read about one cycle. */
export interface CycleFacts {
  readonly started: TrainingStarted;
  readonly registered?: CandidateRegistered;
  readonly trainingFailed?: TrainingFailed;
  readonly judged?: CandidateJudged;
  readonly promoted?: VersionPromoted;
  readonly rolledBack?: VersionRolledBack;
  readonly commands?: readonly Command[];
}

export const decisionOf = ({ trainingFailed, judged, promoted, rolledBack }: CycleFacts): string => {
  if (rolledBack) return `rolled back at stage ${rolledBack.stage}: ${rolledBack.reason}`;
  if (promoted) return `promoted ${promoted.version}: ${promoted.reason}`;
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
