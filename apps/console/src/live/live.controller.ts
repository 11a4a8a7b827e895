import { Controller, Inject, type MessageEvent, Sse } from '@nestjs/common';
import { bufferTime, filter, interval, map, merge, type Observable, startWith } from 'rxjs';
import { Access } from '../http/access.js';
import { ChangeFeed } from './change-feed.js';
import { LiveFeed } from './live-feed.js';

const GATHER_MS = 200;
/** A line now and then keeps proxies from cutting the stream. */
const ALIVE_EVERY_MS = 15_000;

/** Server-sent events: `changed`, with the parts that have changed since the last one; `rates`, events a second; `alive`. */
@Controller('api/live')
export class LiveController {
  constructor(
    @Inject(ChangeFeed) private readonly feed: ChangeFeed,
    @Inject(LiveFeed) private readonly interactions: LiveFeed,
  ) {}

  @Sse()
  @Access('viewer')
  live(): Observable<MessageEvent> {
    const changed = this.feed.changes.pipe(
      bufferTime(GATHER_MS),
      filter((areas) => areas.length > 0),
      map((areas): MessageEvent => ({ type: 'changed', data: [...new Set(areas)] })),
    );
    const alive = interval(ALIVE_EVERY_MS).pipe(startWith(0), map((): MessageEvent => ({ type: 'alive', data: new Date().toISOString() })));
    const rates = this.interactions.rates().pipe(map((data): MessageEvent => ({ type: 'rates', data })));
    return merge(changed, rates, alive);
  }
}
