import { Body, ConflictException, Controller, Get, Header, Inject, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import {
  type Caller as CallerFacts, doneSchema, overdueSchema, type Report, reportExportSchema, reportKindSchema, type ReportKind, reportListQuerySchema, type ReportListQuery, type ReportListed, reportListSchema, reportSchema, signOrderSchema, type SignOrder, type Span, spanOf,
} from '@ratchet/console-api';
import { derivedId } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { z } from 'zod';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { noteChange } from '../live/change-feed.js';
import { addDecision } from '../persistence/console.repository.js';
import { csvOf } from './csv.js';
import { presentContent } from './report-rows.repository.js';
import { addSignature, frozenReports, hashOf, listReports, overdueReports } from './reports.repository.js';

interface Asked {
  readonly kind: ReportKind;
  readonly period: string;
  readonly span: Span;
}

const askedFor = (kindText: string, period: string): Asked => {
  const kind = reportKindSchema.safeParse(kindText);
  const span = kind.success ? spanOf(kind.data, period) : undefined;
  if (!kind.success || !span) throw new NotFoundException('There is no such report: it is daily/2026-11-23, weekly/2026-W47 or monthly/2026-11.');
  return { kind: kind.data, period, span };
};

/** The cadence of reviews: what happened in a day, week or month, and who signed it. */
@Controller('api')
@Access('viewer')
export class ReportsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get('reports')
  @Answers(reportListSchema)
  async list(@Query({ schema: reportListQuerySchema }) { kind, next, limit }: ReportListQuery): Promise<z.infer<typeof reportListSchema>> {
    const nowMs = Date.now();
    const before = next === undefined ? undefined : spanOf(kind, next);
    const items = await listReports(this.database, { kind, beforeMs: before ? before.from - 1 : nowMs, limit, nowMs });
    return { items, next: items.length === limit ? (items.at(-1)?.period ?? null) : null };
  }

  @Get('overdue-reports')
  @Answers(overdueSchema)
  async overdue(): Promise<{ items: ReportListed[] }> {
    return { items: await overdueReports(this.database) };
  }

  @Get('reports/:kind/:period')
  @Answers(reportSchema)
  report(@Param('kind') kind: string, @Param('period') period: string): Promise<Report> {
    return this.read(askedFor(kind, period));
  }

  /** What was signed first, or the present facts where nobody has signed. */
  @Get('reports/:kind/:period/export')
  @Header('content-disposition', 'attachment; filename="report.json"')
  @Answers(reportExportSchema)
  async export(@Param('kind') kind: string, @Param('period') period: string): Promise<z.infer<typeof reportExportSchema>> {
    const { present, frozen } = await this.read(askedFor(kind, period));
    return frozen[0] ?? { ...present, signatures: [], frozenAt: null };
  }

  /** One table, of what was signed first or of the present facts. */
  @Get('reports/:kind/:period/tables/:section')
  @Header('content-type', 'text/csv; charset=utf-8; header=present')
  @Header('content-disposition', 'attachment; filename="table.csv"')
  @ApiProduces('text/csv')
  @Answers(z.string())
  async table(@Param('kind') kind: string, @Param('period') period: string, @Param('section') id: string): Promise<string> {
    const { present, frozen } = await this.read(askedFor(kind, period));
    const found = (frozen[0] ?? present).content.sections.find((section) => section.id === id);
    if (!found) throw new NotFoundException('The report has no such table.');
    return csvOf(found);
  }

  /** Signs the content with this hash: one that was signed before, or the present one of a period that has ended. */
  @Post('reports/:kind/:period/signatures')
  @Access('operator')
  @Answers(doneSchema)
  async sign(@Param('kind') kindText: string, @Param('period') periodText: string, @Body({ schema: signOrderSchema }) { hash, note }: SignOrder, @Caller() { name, role }: CallerFacts): Promise<{ done: true }> {
    const asked = askedFor(kindText, periodText);
    const { closed, present, frozen } = await this.read(asked);
    if (!closed) throw new ConflictException('The period has not ended; a report can be signed when nothing more can happen in it.');
    const content = [...frozen, present].find((one) => one.hash === hash)?.content;
    if (!content) throw new ConflictException('The facts have changed since the report was read. Read it again, then sign.');
    await this.database.transaction(async (tx) => {
      if (!(await addSignature(tx, { content, hash, signer: name, role, note }))) throw new ConflictException('You have signed this already.');
      const { kind, period } = asked;
      const happenedAt = new Date().toISOString();
      await addDecision(tx, {
        eventId: derivedId('report.signed', kind, period, hash, name), model: '*', workload: '*', kind: 'report.signed', actor: name, reason: note === '' ? `signed the ${kind} report ${period}` : note.replaceAll('\u0000', '\uFFFD'), body: { kind, period, hash }, happenedAt,
      });
      noteChange(tx, 'reports');
      noteChange(tx, 'decisions');
    });
    return { done: true };
  }

  private async read({ kind, period, span }: Asked): Promise<Report> {
    const [content, frozen] = await Promise.all([presentContent(this.database, kind, period, span), frozenReports(this.database, kind, period)]);
    return { closed: span.to <= Date.now(), present: { hash: hashOf(content), content }, frozen };
  }
}
