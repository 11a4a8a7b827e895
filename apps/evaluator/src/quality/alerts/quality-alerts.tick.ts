import { Inject, Injectable } from '@nestjs/common';
import { alertRaised, alertResolved, targetKey } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from '../../config.js';
import { EvaluatorMetrics } from '../../metrics.js';
import { QualityRepository } from '../../persistence/quality.repository.js';
import type { ScoreSeries, UncountedScore } from '../../persistence/quality.repository.js';
import { StreamsRepository } from '../../persistence/streams.repository.js';
import type { Incident, ScoreStream } from '../../persistence/streams.repository.js';
import { decideAlert } from './decide-alert.js';
import type { AlertRule } from './decide-alert.js';
import { decideDrift, startDrift } from './decide-drift.js';
import type { DriftRule } from './decide-drift.js';
import { driftRuleOf } from './drift-rule.js';

const SCORES_A_TRANSACTION = 2_000;

const nameOf = ({ evaluator }: Pick<ScoreSeries, 'evaluator'>, kind: Incident['kind']): string => `quality_${evaluator}_${kind}`;

const groupBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
};

const seriesKey = ({ model, workload, evaluator, judge, prompt }: ScoreSeries): string => JSON.stringify([model, workload, evaluator, judge, prompt]);
const streamKey = (stream: ScoreStream): string => JSON.stringify([seriesKey(stream), stream.version]);
const evaluatorText = ({ evaluator, judge }: ScoreSeries): string => (judge === '' ? evaluator : `${evaluator} (judged by ${judge})`);

/**
 * On the leader: puts each new score to the decisions, in order and once. Scores, states, alerts and events change in one
 * transaction, so that a restart in between changes nothing.
 */
@Injectable()
export class QualityAlertsTick implements Tick {
  readonly tickName = 'quality-alerts';
  readonly everyMs = 10_000;
  private readonly driftRule: DriftRule;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly quality: QualityRepository,
    private readonly streams: StreamsRepository,
    private readonly metrics: EvaluatorMetrics,
    private readonly logger: Logger,
  ) {
    this.driftRule = driftRuleOf(config);
  }

  async tick(): Promise<void> {
    while ((await this.database.transaction((tx) => this.step(tx))) === SCORES_A_TRANSACTION);
  }

  private async step(tx: Transaction): Promise<number> {
    const scores = await this.quality.takeUncounted(tx, SCORES_A_TRANSACTION);
    for (const stream of groupBy(scores, streamKey)) await this.checkDrift(tx, stream);
    for (const series of groupBy(scores, seriesKey)) await this.checkLevel(tx, series);
    for (const incident of await this.streams.outlived(tx)) await this.resolve(tx, incident, 'another version has taken its place, or it has had no score for a day');
    return scores.length;
  }

  private async checkDrift(tx: Transaction, scores: readonly UncountedScore[]): Promise<void> {
    const [first] = scores;
    if (!first) return;
    const rule = this.driftRule;
    const stored = await this.streams.find(tx, first);
    if (stored?.mustRestart) await this.resolveOwn(tx, first, 'the version was promoted, and what is usual is learnt anew');
    let state = stored && !stored.mustRestart ? stored.state : startDrift({ atMs: first.evaluatedAt.getTime(), rule });
    for (const score of scores) {
      const { state: next, decision, reason, isSevere = false } = decideDrift(state, { value: score.score, weight: score.weight, atMs: score.evaluatedAt.getTime() }, rule);
      state = next;
      if (decision === 'raise') await this.raise(tx, { score, kind: 'drift', message: `${evaluatorText(score)} of ${targetKey(score)}, version ${score.version}: ${reason}`, isSevere });
      if (decision === 'resolve') await this.resolveOwn(tx, score, reason);
    }
    await this.streams.save(tx, first, state);
  }

  private levelRuleOf(evaluator: ScoreSeries['evaluator']): AlertRule {
    const { QUALITY_THRESHOLD, QUALITY_SAFETY_THRESHOLD, QUALITY_SAMPLES_MIN, QUALITY_HYSTERESIS } = this.config;
    return { threshold: evaluator === 'safety' ? QUALITY_SAFETY_THRESHOLD : QUALITY_THRESHOLD, samplesMin: QUALITY_SAMPLES_MIN, hysteresis: QUALITY_HYSTERESIS };
  }

  private async checkLevel(tx: Transaction, scores: readonly UncountedScore[]): Promise<void> {
    const last = scores.at(-1);
    if (!last) return;
    const rule = this.levelRuleOf(last.evaluator);
    const window = await this.quality.window(tx, { ...last, size: this.config.QUALITY_WINDOW });
    const open = await this.streams.openIncident(tx, { ...last, name: nameOf(last, 'low') });
    const isOwn = open !== undefined && seriesKey(open) === seriesKey(last);
    // A rule and a judge of one dimension share the alert: who raised it ends it.
    if (open && !isOwn) return;
    const decision = decideAlert({ open: isOwn, window, rule });
    const mean = `mean ${evaluatorText(last)} of ${window.samples} sampled answers of ${targetKey(last)} is ${window.mean.toFixed(3)}`;
    if (decision === 'raise') await this.raise(tx, { score: last, kind: 'low', message: `${mean}, below ${rule.threshold}`, isSevere: false });
    if (decision === 'resolve' && open) await this.resolve(tx, open, `${mean} again`);
  }

  private async raise(tx: Transaction, { score, kind, message, isSevere }: { score: UncountedScore; kind: Incident['kind']; message: string; isSevere: boolean }): Promise<void> {
    const { model, workload, evaluator, judge, prompt, version, interactionId } = score;
    const name = nameOf(score, kind);
    const alertId = derivedId('quality.alert', name, model, workload, interactionId);
    const severity = evaluator === 'safety' || isSevere ? 'critical' : 'warning';
    const raisedAt = new Date().toISOString();
    if (!(await this.streams.raise(tx, { alertId, name, kind, model, workload, version: kind === 'drift' ? version : null, evaluator, judge, prompt, severity }, raisedAt))) return;
    tx.emit(alertRaised, { alertId, workload, name, severity, message, raisedAt }, { id: derivedId('alert.raised', alertId) });
    this.metrics.alerts.inc({ evaluator, change: 'raised' });
    this.logger.warn('quality alert raised', { name, model, workload, severity, reason: message });
  }

  /** The alert of a stream's own drift, where there is one: another stream of the same name may have raised it. */
  private async resolveOwn(tx: Transaction, stream: ScoreStream, reason: string): Promise<void> {
    const open = await this.streams.openIncident(tx, { ...stream, name: nameOf(stream, 'drift') });
    if (open && open.version === stream.version && seriesKey(open) === seriesKey(stream)) await this.resolve(tx, open, `${evaluatorText(stream)} of ${targetKey(stream)}: ${reason}`);
  }

  private async resolve(tx: Transaction, { alertId, name, workload, model, evaluator }: Incident, message: string): Promise<void> {
    const resolvedAt = new Date().toISOString();
    if (!(await this.streams.resolve(tx, alertId, resolvedAt))) return;
    tx.emit(alertResolved, { alertId, workload, name, message, resolvedAt }, { id: derivedId('alert.resolved', alertId) });
    this.metrics.alerts.inc({ evaluator, change: 'resolved' });
    this.logger.info('quality alert resolved', { name, model, workload, reason: message });
  }
}
