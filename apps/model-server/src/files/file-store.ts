import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { EmbeddedModelError, parseChatExamples } from '@ratchet/embedded-model';
import { CONFIG, type ModelServerConfig } from '../config.js';
import { badRequest, notFound } from '../http/openai.error.js';
import { writeFileAtomically } from '../storage/atomic-file.js';

/** OpenAI's `file` object. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}

const FILE_ID = /^file-[0-9a-f]{24}$/u;

/** Training files and results. The id is a hash of the content, so that uploading the same file again gives the same file. */
@Injectable()
export class FileStore {
  readonly folder: string;

  constructor(@Inject(CONFIG) config: ModelServerConfig) {
    this.folder = join(config.dataDir, 'files');
  }

  /** Checks every line before anything is kept; the first bad one is a 400 with its number. */
  async add({ filename, content }: { filename: string; content: Buffer }): Promise<FileObject> {
    try {
      parseChatExamples({ text: content.toString('utf8'), source: filename });
    } catch (error) {
      if (!(error instanceof EmbeddedModelError)) throw error;
      throw badRequest({ message: error.message, param: 'file', code: 'invalid_training_file' });
    }
    return this.keep({ filename, content, purpose: 'fine-tune' });
  }

  /** A file that a job wrote. */
  async addResults({ filename, content }: { filename: string; content: Buffer }): Promise<FileObject> {
    return this.keep({ filename, content, purpose: 'fine-tune-results' });
  }

  private async keep({ filename, content, purpose }: { filename: string; content: Buffer; purpose: string }): Promise<FileObject> {
    const id = `file-${createHash('sha256').update(content).digest('hex').slice(0, 24)}`;
    const known = await this.find(id);
    if (known !== null) return known;
    const file: FileObject = {
      id,
      object: 'file',
      bytes: content.length,
      created_at: Math.floor(Date.now() / 1000),
      filename,
      purpose,
      status: 'processed',
    };
    // The description goes last: a file without one was never accepted.
    await writeFileAtomically(this.contentPath(id), content);
    await writeFileAtomically(this.descriptionPath(id), `${JSON.stringify(file)}\n`);
    return file;
  }

  async find(id: string): Promise<FileObject | null> {
    if (!FILE_ID.test(id)) return null;
    const text = await readFile(this.descriptionPath(id), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : (JSON.parse(text) as FileObject);
  }

  async get(id: string): Promise<FileObject> {
    const file = await this.find(id);
    if (file === null) throw notFound({ message: `No such file: ${id}. Upload it with POST /v1/files.`, code: 'file_not_found', param: 'id' });
    return file;
  }

  async content(id: string): Promise<Buffer> {
    await this.get(id);
    return readFile(this.contentPath(id));
  }

  /** Where the content lies; only for ids that {@link find} knows. */
  contentPath(id: string): string {
    return join(this.folder, `${id}.jsonl`);
  }

  private descriptionPath(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
