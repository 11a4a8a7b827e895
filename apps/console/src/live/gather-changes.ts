import type { Area } from '@ratchet/console-api';
import { buffer, filter, map, type Observable, type OperatorFunction, share, throttleTime } from 'rxjs';

/** What changed after a rest is told at once, since somebody may wait for it; what changes within the time after that, together at its end. */
export const gatherChanges = (everyMs: number): OperatorFunction<Area, Area[]> => (changes: Observable<Area>) => {
  const shared = changes.pipe(share());
  return shared.pipe(
    buffer(shared.pipe(throttleTime(everyMs, undefined, { leading: true, trailing: true }))),
    filter((areas) => areas.length > 0),
    map((areas) => [...new Set(areas)]),
  );
};
