import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { notFound } from '../http/openai.error.js';
import { writeFileAtomically } from '../storage/atomic-file.js';
import type { Job } from './job.js';

const JOB_ID = /^ftjob-[0-9a-f]{24}$/u;

/** Jobs, one file each; what is here survives a restart. */
@Injectable()
export class JobStore {
  readonly folder: string;

  constructor(@Inject(CONFIG) config: ModelServerConfig) {
    this.folder = join(config.dataDir, 'jobs');
  }

  async save(job: Job): Promise<void> {
    await writeFileAtomically(this.pathOf(job.id), `${JSON.stringify(job)}\n`);
  }

  async find(id: string): Promise<Job | null> {
    if (!JOB_ID.test(id)) return null;
    const text = await readFile(this.pathOf(id), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : (JSON.parse(text) as Job);
  }

  async get(id: string): Promise<Job> {
    const job = await this.find(id);
    if (job === null) throw notFound({ message: `No such fine-tuning job: ${id}.`, code: 'job_not_found', param: 'id' });
    return job;
  }

  /** Oldest first. */
  async list(): Promise<Job[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    const jobs = await Promise.all(names.map((id) => this.find(id)));
    return jobs.filter((job) => job !== null).sort((a, b) => a.createdAtSeconds - b.createdAtSeconds || a.id.localeCompare(b.id));
  }

  private pathOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
