import { Controller, Get, Header, Inject, NotFoundException, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { type AuditEntry, auditEntrySchema, auditExportQuerySchema, type AuditPage, auditPageSchema, auditQuerySchema, type AuditQuery, type AuditState, auditStateSchema, type Caller as CallerFacts, type ChainName, chainNameSchema } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { decisionsOfAudit, entriesAfter, entryAt, isWithheld, lastAnchor, stateOf } from './chains.repository.js';

const TAIL_RECORDS = 200;
const EXPORT_PAGE = 500;
const SEQUENCE = /^[1-9]\d{0,14}$/;

/** What happened, as nobody can change it unseen. */
@Controller('api')
@Access('viewer')
export class AuditController {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Decisions, newest first; without what reviewers said of items that wait for the second opinion of the one who asks. */
  @Get('audit')
  @Answers(auditPageSchema)
  decisions(@Query({ schema: auditQuerySchema }) asked: AuditQuery, @Caller() { name }: CallerFacts): Promise<AuditPage> {
    return decisionsOfAudit(this.database, asked, name);
  }

  /** Heads of both chains, whether their newest records follow each other, and what was last published. */
  @Get('audit/state')
  @Answers(auditStateSchema)
  async state(): Promise<AuditState> {
    const [cycles, decisions, anchor] = await Promise.all([stateOf(this.database, 'cycles', TAIL_RECORDS), stateOf(this.database, 'decisions', TAIL_RECORDS), lastAnchor(this.database)]);
    return { cycles, decisions, anchor, verifiedAt: new Date().toISOString() };
  }

  /** JSON lines, oldest first: of cycles, or of decisions. Whole, since a chain with holes proves nothing. */
  @Get('audit/export')
  @Header('content-disposition', 'attachment; filename="audit.jsonl"')
  @ApiProduces('application/x-ndjson')
  @Answers(z.string())
  export(@Query({ schema: auditExportQuerySchema }) { chain }: z.infer<typeof auditExportQuerySchema>): StreamableFile {
    return new StreamableFile(Readable.from(this.lines(chain)), { type: 'application/x-ndjson' });
  }

  /** One record of a chain; a decision that is withheld is not there yet. */
  @Get('audit/:chain/:sequence')
  @Answers(auditEntrySchema)
  async entry(@Param('chain') chain: string, @Param('sequence') sequence: string, @Caller() { name: reader }: CallerFacts): Promise<AuditEntry> {
    const name = chainNameSchema.safeParse(chain);
    const found = name.success && SEQUENCE.test(sequence) ? await entryAt(this.database, name.data, Number(sequence)) : undefined;
    if (found && (await isWithheld(this.database, found, reader))) throw new NotFoundException('This decision is about an item that waits for a second opinion: it is shown once you have given yours, or the item is decided.');
    if (!found) throw new NotFoundException('There is no such record; records are audit/cycles/1 or audit/decisions/1.');
    return found;
  }

  private async *lines(chain: ChainName): AsyncGenerator<string> {
    for (let page: AuditEntry[], last = 0; (page = await entriesAfter(this.database, chain, last, EXPORT_PAGE)).length > 0; last = page.at(-1)?.sequence ?? last) yield page.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }
}
