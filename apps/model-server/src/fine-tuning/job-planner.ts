import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_RECIPE, type RecipeName, recipes } from '@ratchet/embedded-model';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { FileStore } from '../files/file-store.js';
import { badRequest } from '../http/openai.error.js';
import { checkModelName, nameOf } from '../serving/model-id.js';
import { ModelStore, unknownModel } from '../serving/model-store.js';
import { DEFAULT_SEED, type Job, nowSeconds, withEvent } from './job.js';
import { hyperparametersOf, type JobRequest } from './job-request.js';
import type { TrainingTask } from './training-task.js';

/** Name of a version made from nothing without a suffix. */
const DEFAULT_MODEL_NAME = 'embedded';

/** Turns a request into a job, refusing what cannot run, and a job into the task of a training thread. */
@Injectable()
export class JobPlanner {
  constructor(
    @Inject(CONFIG) private readonly config: ModelServerConfig,
    private readonly files: FileStore,
    private readonly models: ModelStore,
  ) {}

  /** With an idempotency key the id is derived from it, so that a repeat finds the first one's job. */
  idFor(idempotencyKey: string | null): string {
    const digits = idempotencyKey === null ? randomBytes(12).toString('hex') : sha256(idempotencyKey).slice(0, 24);
    return `ftjob-${digits}`;
  }

  requestHash(request: JobRequest): string {
    return sha256(JSON.stringify(request));
  }

  async plan({ id, request }: { id: string; request: JobRequest }): Promise<Job> {
    await this.checkFile({ id: request.training_file, param: 'training_file' });
    if (request.retention_file !== undefined) await this.checkFile({ id: request.retention_file, param: 'retention_file' });
    if (request.model !== '' && !(await this.models.has(request.model))) throw unknownModel(request.model);
    checkStart({ recipe: recipeNameOf(request), model: request.model });
    const fallbackName = request.model === '' ? DEFAULT_MODEL_NAME : nameOf(request.model);
    const job: Job = {
      id,
      requestHash: this.requestHash(request),
      request,
      modelName: checkModelName({ name: request.suffix ?? fallbackName, param: 'suffix' }),
      status: 'queued',
      createdAtSeconds: nowSeconds(),
      finishedAtSeconds: null,
      fineTunedModel: null,
      trainedTokens: null,
      error: null,
      events: [],
    };
    return withEvent(job, { message: 'Job accepted.' });
  }

  taskOf({ request, modelName }: Job): TrainingTask {
    const { n_epochs: epochs, batch_size: batchSize, learning_rate_multiplier: multiplier, curriculum, retention_ratio: retentionRatio } = hyperparametersOf(request);
    return {
      baseFolder: request.model === '' ? null : this.models.pathOf(request.model),
      trainingPath: this.files.contentPath(request.training_file),
      retentionPath: request.retention_file === undefined ? null : this.files.contentPath(request.retention_file),
      recipe: recipeNameOf(request),
      epochs: typeof epochs === 'number' ? epochs : null,
      batchSize: typeof batchSize === 'number' ? batchSize : null,
      learningRateMultiplier: typeof multiplier === 'number' ? multiplier : 1,
      curriculum: curriculum ?? false,
      retentionRatio: retentionRatio ?? null,
      seed: request.seed ?? DEFAULT_SEED,
      fallbackAnswer: request.fallback_answer ?? null,
      encoderDir: this.config.encoderDir,
      modelsFolder: this.models.folder,
      modelName,
    };
  }

  private async checkFile({ id, param }: { id: string; param: string }): Promise<void> {
    if ((await this.files.find(id)) !== null) return;
    throw badRequest({ message: `${param}: no such file: ${id}. Upload it with POST /v1/files first.`, param, code: 'file_not_found' });
  }
}

function recipeNameOf(request: JobRequest): RecipeName {
  return hyperparametersOf(request).recipe ?? (request.model === '' ? 'scratch' : DEFAULT_RECIPE);
}

function checkStart({ recipe, model }: { recipe: RecipeName; model: string }): void {
  const param = 'hyperparameters.recipe';
  if (model === '' && recipes[recipe].start === 'base') {
    throw badRequest({ message: `${param}: ${recipe} goes on from a trained model; name one in \`model\`, or use scratch.`, param });
  }
  if (model !== '' && recipe === 'scratch') {
    throw badRequest({ message: `${param}: scratch starts from nothing; leave \`model\` empty, or use full to retrain with the model's memory.`, param });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
