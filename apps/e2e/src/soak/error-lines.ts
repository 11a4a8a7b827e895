/** pino's levels of an error and of the end. */
const ERROR = /"level":(?:50|60)\b/u;
const TIME = /"time":"([^"]+)"/u;

/** Lines of a service's log that tell of an error since the moment; one that does not tell its time counts. */
export const errorLinesSince = (log: string, since: Date): string[] =>
  log.split('\n').filter((line) => ERROR.test(line) && !(Date.parse(TIME.exec(line)?.[1] ?? '') < since.getTime()));
