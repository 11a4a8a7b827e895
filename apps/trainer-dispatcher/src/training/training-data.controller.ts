import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Inject, NotFoundException, Param } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { trainingRun } from '../persistence/run.repository.js';
import { jobDescription } from './backends/job-description.js';
import { dataFileNames, programFiles } from './training-data.js';
import { TrainingOrders } from './training-orders.js';

/** Where the pods of a run fetch its files. The address holds a token of the run's own, and is good as long as the run. */
@Controller('training-data')
export class TrainingDataController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(TrainingOrders) private readonly orders: TrainingOrders,
  ) {}

  @Get(':cycleId/:token/:file')
  @Header('content-type', 'application/jsonl; charset=utf-8')
  @Header('cache-control', 'no-store')
  async file(@Param('cycleId') cycleId: string, @Param('token') token: string, @Param('file') name: string): Promise<string> {
    const run = await trainingRun(this.database, cycleId);
    const expected = run?.memory['token'];
    if (!run || !expected || !isSame(token, expected)) throw new NotFoundException();
    const order = await this.orders.of(run);
    if (name === 'job.json') return `${JSON.stringify(jobDescription(order), null, 2)}\n`;
    const known = dataFileNames.find((file) => file === name);
    const text = known && programFiles(order.data)[known];
    if (text === undefined) throw new NotFoundException();
    return text;
  }
}

const isSame = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};
