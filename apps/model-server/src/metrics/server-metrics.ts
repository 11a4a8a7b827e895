import { Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import { ModelStore } from '../serving/model-store.js';

/** What the server counts; `/metrics` writes it in Prometheus' text format. */
@Injectable()
export class ServerMetrics {
  private readonly metrics = Metrics.forProcess();
  private readonly chats = this.metrics.counter({
    name: 'ratchet_model_server_chat_completions_total',
    help: 'Chat completions by outcome: answered, abstained or refused; with the HTTP status',
    labelNames: ['outcome', 'status'],
  });
  private readonly chatDuration = this.metrics.histogram({
    name: 'ratchet_model_server_chat_duration_seconds',
    help: 'Time from the parsed request to the answer',
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1],
  });
  private readonly jobs = this.metrics.counter({
    name: 'ratchet_model_server_training_jobs_total',
    help: 'Training jobs that ended, by status',
    labelNames: ['status'],
  });
  private readonly trainingDuration = this.metrics.histogram({
    name: 'ratchet_model_server_training_duration_seconds',
    help: 'Time a training took, start to saved model',
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  });
  private readonly modelsInMemory = this.metrics.gauge({
    name: 'ratchet_model_server_models_in_memory',
    help: 'Versions that are loaded',
  });

  constructor(private readonly models: ModelStore) {}

  async text(): Promise<string> {
    this.modelsInMemory.set(this.models.modelsInMemory);
    return this.metrics.registry.metrics();
  }

  chatServed({ abstained, durationMs }: { abstained: boolean; durationMs: number }): void {
    this.chats.inc({ outcome: abstained ? 'abstained' : 'answered', status: '200' });
    this.chatDuration.observe(durationMs / 1000);
  }

  chatRefused({ status }: { status: number }): void {
    this.chats.inc({ outcome: 'refused', status: String(status) });
  }

  jobEnded({ status, durationMs }: { status: string; durationMs: number }): void {
    this.jobs.inc({ status });
    this.trainingDuration.observe(durationMs / 1000);
  }
}
