import { Injectable } from '@nestjs/common';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { cohenKappa } from '@ratchet/stats';
import { EvaluatorMetrics } from '../../metrics.js';
import { LabelsRepository } from '../../persistence/labels.repository.js';

/** Says how far each evaluator can be trusted: its agreement with people on the answers that both have judged. */
@Injectable()
export class AgreementTick implements Tick {
  readonly tickName = 'agreement';
  readonly everyMs = 300_000;

  constructor(
    private readonly database: Database,
    private readonly labels: LabelsRepository,
    private readonly metrics: EvaluatorMetrics,
    private readonly logger: Logger,
  ) {}

  async tick(): Promise<void> {
    for (const { evaluator, judge, prompt, ...counts } of await this.labels.compare(this.database)) {
      const labelled = counts.bothYes + counts.onlyFirst + counts.onlySecond + counts.bothNo;
      const agreement = cohenKappa(counts);
      const isLogDue = await this.labels.saveAgreement(this.database, { evaluator, judge, prompt }, labelled, agreement);
      const name = judge === '' ? 'rule' : `${judge} ${prompt}`;
      this.metrics.agreementLabels.set({ evaluator, judge: name }, labelled);
      if (agreement) {
        for (const [bound, value] of [['estimate', agreement.kappa], ['lower', agreement.lower], ['upper', agreement.upper]] as const) this.metrics.agreementKappa.set({ evaluator, judge: name, bound }, value);
      }
      if (isLogDue) this.logger.info('agreement with people', { evaluator, judge: name, labels: labelled, ...(agreement && { kappa: agreement.kappa, lower: agreement.lower, upper: agreement.upper }) });
    }
  }
}
