import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { type DatasetDetail, datasetDetailSchema, datasetsPageSchema, type DatasetsQuery, datasetsQuerySchema, type DatasetSummary, examplesPageSchema, type ExamplesQuery, examplesQuerySchema } from '@ratchet/console-api';
import type { Example } from '@ratchet/domain';
import { Database } from '@ratchet/persistence';
import { Access } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { dataset, datasetExists, datasets, examplesOf } from './datasets.repository.js';
import { idOfPath, type PageOf } from '../http/paging.js';

@Controller('api/datasets')
@Access('viewer')
export class DatasetsController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Get()
  @Answers(datasetsPageSchema)
  datasets(@Query({ schema: datasetsQuerySchema }) asked: DatasetsQuery): Promise<PageOf<DatasetSummary>> {
    return datasets(this.database, asked);
  }

  @Get(':id')
  @Answers(datasetDetailSchema)
  async dataset(@Param('id') id: string): Promise<DatasetDetail> {
    const found = await dataset(this.database, idOfPath(id, 'dataset'));
    if (!found) throw new NotFoundException(`There is no dataset ${id}.`);
    return found;
  }

  @Get(':id/examples')
  @Answers(examplesPageSchema)
  async examples(@Param('id') id: string, @Query({ schema: examplesQuerySchema }) asked: ExamplesQuery): Promise<PageOf<Example>> {
    if (!(await datasetExists(this.database, idOfPath(id, 'dataset')))) throw new NotFoundException(`There is no dataset ${id}.`);
    return examplesOf(this.database, id, asked);
  }
}
