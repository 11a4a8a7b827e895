import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { type LineageGraph, lineageGraphSchema, type VersionDetail, versionDetailSchema, versionsPageSchema, type VersionsQuery, versionsQuerySchema, type VersionSummary } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { lineageFacts } from './graph.repository.js';
import { lineageGraph } from './lineage-graph.js';
import { idOfPath, type PageOf } from '../http/paging.js';
import { versionDetail, type VersionKey, versionsPage } from './versions.repository.js';

const keyOf = (model: string, workload: string, version: string): VersionKey => ({ model: idOfPath(model, 'model'), workload: idOfPath(workload, 'workload'), version: idOfPath(version, 'version') });
const unknown = ({ model, workload, version }: VersionKey): NotFoundException => new NotFoundException(`There is no version ${version} of ${model}/${workload}.`);

@Controller('api/versions')
@Access('viewer')
export class VersionsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @Answers(versionsPageSchema)
  versions(@Query({ schema: versionsQuerySchema }) asked: VersionsQuery): Promise<PageOf<VersionSummary>> {
    return versionsPage(this.database, asked);
  }

  /** One version with its bundle, its base's bundle, and what was decided about it. */
  @Get(':model/:workload/:version')
  @Answers(versionDetailSchema)
  async version(@Param('model') model: string, @Param('workload') workload: string, @Param('version') version: string): Promise<VersionDetail> {
    const key = keyOf(model, workload, version);
    const found = await versionDetail(this.database, key);
    if (!found) throw unknown(key);
    return found;
  }

  /** From the interactions that caused a version to what became of it. */
  @Get(':model/:workload/:version/lineage')
  @Answers(lineageGraphSchema)
  async lineage(@Param('model') model: string, @Param('workload') workload: string, @Param('version') version: string): Promise<LineageGraph> {
    const key = keyOf(model, workload, version);
    const facts = await lineageFacts(this.database, key);
    if (!facts) throw unknown(key);
    return lineageGraph(facts);
  }
}
