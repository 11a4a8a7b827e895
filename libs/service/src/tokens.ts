/** The service's own configuration, as its loadConfig returned it. */
export const CONFIG = Symbol('config');
/** Jobs, ticks and crons of a service: `{ provide: WORK, useFactory: (...) => ({ jobs, ticks, crons }), inject: [...] }`. */
export const WORK = Symbol('work');
/** The Kafka client of the process. */
export const KAFKA = Symbol('kafka');
/** Spans of the process; off where no receiver is named. */
export const TRACING = Symbol('tracing');
