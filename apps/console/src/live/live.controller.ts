import { Controller, Inject, type MessageEvent, Req, Sse } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { concatMap, filter, interval, map, merge, type Observable, share, startWith, takeUntil } from 'rxjs';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { Access } from '../http/access.js';
import { Callers } from '../http/callers.js';
import { ChangeFeed } from './change-feed.js';
import { gatherChanges } from './gather-changes.js';
import { LiveFeed } from './live-feed.js';

/** Changes come in bursts, and each makes the page ask anew. */
const GATHER_MS = 150;

/** Server-sent events: `changed`, with the parts that have changed since the last one; `rates`, events a second; `alive`. The stream ends with the right to it. */
@Controller('api/live')
export class LiveController {
  constructor(
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
    @Inject(LiveFeed) private readonly interactions: LiveFeed,
    @Inject(Callers) private readonly callers: Callers,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Sse()
  @Access('viewer')
  live(@Req() request: FastifyRequest): Observable<MessageEvent> {
    const changed = this.feed.changes.pipe(gatherChanges(GATHER_MS), map((data): MessageEvent => ({ type: 'changed', data })));
    const looks = interval(this.config.LIVE_ALIVE_EVERY_MS).pipe(concatMap(() => this.callers.isStillKnown(request).catch(() => false)), share());
    const alive = looks.pipe(startWith(true), map((): MessageEvent => ({ type: 'alive', data: new Date().toISOString() })));
    const rates = this.interactions.rates().pipe(map((data): MessageEvent => ({ type: 'rates', data })));
    return merge(changed, rates, alive).pipe(takeUntil(looks.pipe(filter((isKnown) => !isKnown))));
  }
}
