import type { CommitProgress, PartitionTask } from '@ratchet/kafka';
import type { Metrics } from '@ratchet/observability';
import type { TaskObserver } from './conversation-task.js';

type WatchedTask = PartitionTask & { readonly openConversations: number };

/** What operators see of the detector. */
export class DetectorMetrics {
  private readonly tasks = new Map<number, WatchedTask>();
  private readonly signals;
  private readonly failures;
  private readonly outcomes;
  private readonly deadLetters;
  private readonly misplaced;
  private readonly unknownFeedback;
  private readonly mismatches;
  private readonly records;
  private readonly batchSeconds;
  private readonly replayRecords;
  private readonly restoreSeconds;

  constructor(metrics: Metrics, private readonly topic: string) {
    this.signals = metrics.counter({ name: 'ratchet_signals_detected_total', help: 'Signals detected, by name', labelNames: ['signal'] });
    this.failures = metrics.counter({ name: 'ratchet_interactions_failed_total', help: 'Interactions that failed' });
    this.outcomes = metrics.counter({ name: 'ratchet_outcomes_total', help: 'Interactions whose outcome is settled, by version', labelNames: ['model', 'workload', 'version', 'outcome'] });
    this.deadLetters = metrics.counter({ name: 'ratchet_dead_letters_total', help: 'Records sent to a dead-letter topic', labelNames: ['topic', 'code'] });
    this.misplaced = metrics.counter({ name: 'ratchet_misplaced_keys_total', help: 'Records found with a key or in a partition that splits their conversation; every sixteenth record is looked at', labelNames: ['problem'] });
    this.unknownFeedback = metrics.counter({ name: 'ratchet_feedback_unknown_total', help: 'Feedback by a name that is neither built in nor declared in DETECTION.feedbackMetrics: its value is ignored' });
    this.mismatches = metrics.counter({ name: 'ratchet_restore_mismatches_total', help: 'Partitions whose restored state differs from the committed one' });
    this.records = metrics.counter({ name: 'ratchet_consumed_records_total', help: 'Records consumed, by topic', labelNames: ['topic'] });
    this.batchSeconds = metrics.histogram({ name: 'ratchet_batch_duration_seconds', help: 'Time from a batch to its commit', labelNames: ['topic'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });
    this.replayRecords = metrics.gauge({ name: 'ratchet_replay_length_records', help: 'Records that a restart would read again', labelNames: ['partition'] });
    this.restoreSeconds = metrics.histogram({ name: 'ratchet_restore_duration_seconds', help: 'Time to restore a partition', buckets: [0.1, 0.5, 1, 5, 15, 60, 300] });
    const open = metrics.gauge({ name: 'ratchet_open_conversations', help: 'Conversations that have not ended' });
    this.showOpen = () => open.set([...this.tasks.values()].reduce((sum, task) => sum + task.openConversations, 0));
  }

  observer(logError: (message: string, fields: Record<string, unknown>) => void): Omit<TaskObserver, 'onEvent'> {
    return {
      onEmission: (emission) => {
        if (emission.type === 'ratchet.signal.detected') this.signals.inc({ signal: emission.data.name });
        else this.failures.inc();
      },
      onVitals: ({ model, workload, version, outcomes, failures }) => {
        this.outcomes.inc({ model, workload, version, outcome: 'failed' }, failures);
        this.outcomes.inc({ model, workload, version, outcome: 'ok' }, outcomes - failures);
      },
      onDeadLetter: ({ topic }, { code }) => this.deadLetters.inc({ topic, code }),
      onKeyProblem: (problem) => this.misplaced.inc({ problem }),
      onUnknownFeedback: () => this.unknownFeedback.inc(),
      onRestoreDiffers: (counts) => {
        this.mismatches.inc();
        logError('the restored state has another number of open conversations than the committed one: was the configuration of detection changed?', counts);
      },
    };
  }

  watch(partition: number, task: WatchedTask): void {
    this.tasks.set(partition, task);
  }

  /** Partitions of other processes are no concern of this one's numbers. */
  keepOnly(partitions: readonly number[]): void {
    for (const partition of this.tasks.keys()) {
      if (partitions.includes(partition)) continue;
      this.tasks.delete(partition);
      this.replayRecords.remove({ partition: String(partition) });
    }
    this.showOpen();
  }

  committed({ partition, records, durationMs, replayRecords }: CommitProgress): void {
    this.records.inc({ topic: this.topic }, records);
    this.replayRecords.set({ partition: String(partition) }, Number(replayRecords));
    this.batchSeconds.observe({ topic: this.topic }, durationMs / 1_000);
    this.showOpen();
  }

  restored({ durationMs }: { readonly durationMs: number }): void {
    this.restoreSeconds.observe(durationMs / 1_000);
  }

  private readonly showOpen: () => void;
}
