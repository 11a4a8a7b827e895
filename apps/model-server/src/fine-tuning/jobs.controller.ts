import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { OpenAiError } from '../http/openai.error.js';
import { parseBody } from '../http/parse-body.js';
import { eventObject, type Job, jobObject } from './job.js';
import { JobPlanner } from './job-planner.js';
import { type JobRequest, jobRequestSchema } from './job-request.js';
import { JobRunner } from './job-runner.js';
import { JobStore } from './job-store.js';

@Controller('v1/fine_tuning/jobs')
export class JobsController {
  // Creations go one at a time: two requests under one key must not both find nothing.
  private creating: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly jobs: JobStore,
    private readonly planner: JobPlanner,
    private readonly runner: JobRunner,
  ) {}

  @Post()
  @HttpCode(200)
  async create(@Body() body: unknown, @Headers('idempotency-key') key: string | undefined) {
    const request = parseBody(jobRequestSchema, body);
    const created = this.creating.then(() => this.findOrCreate({ request, key: key ?? null }));
    this.creating = created.catch(() => undefined);
    return jobObject(await created);
  }

  @Get()
  async list() {
    const jobs = await this.jobs.list();
    return { object: 'list', data: jobs.toReversed().map(jobObject), has_more: false };
  }

  @Get(':id')
  async describe(@Param('id') id: string) {
    return jobObject(await this.jobs.get(id));
  }

  @Get(':id/events')
  async events(@Param('id') id: string) {
    const { events } = await this.jobs.get(id);
    return { object: 'list', data: events.toReversed().map(eventObject), has_more: false };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(@Param('id') id: string) {
    return jobObject(await this.runner.cancel(id));
  }

  private async findOrCreate({ request, key }: { request: JobRequest; key: string | null }): Promise<Job> {
    const id = this.planner.idFor(key);
    const known = await this.jobs.find(id);
    if (known !== null) {
      if (known.requestHash === this.planner.requestHash(request)) return known;
      throw new OpenAiError({ status: 409, message: `The idempotency key was used for another request (job ${id}).`, code: 'idempotency_key_reused' });
    }
    this.runner.checkCapacity();
    const job = await this.planner.plan({ id, request });
    await this.jobs.save(job);
    this.runner.enqueue(job.id);
    return job;
  }
}
