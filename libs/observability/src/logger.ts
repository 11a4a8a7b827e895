import { pino, type Logger as Pino } from 'pino';

export interface LoggerOptions {
  readonly service: string;
  readonly level?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** One JSON line per fact, on standard error: standard output belongs to results. Never give it text that users or models wrote. */
export class Logger {
  private constructor(private readonly pino: Pino) {}

  static create({ service, level = 'info' }: LoggerOptions): Logger {
    return new Logger(pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' }, pino.destination({ dest: 2, sync: true })));
  }

  static silent(): Logger {
    return new Logger(pino({ level: 'silent' }));
  }

  child(fields: Fields): Logger {
    return new Logger(this.pino.child(fields));
  }

  debug(message: string, fields: Fields = {}): void {
    this.pino.debug(fields, message);
  }

  info(message: string, fields: Fields = {}): void {
    this.pino.info(fields, message);
  }

  warn(message: string, fields: Fields = {}): void {
    this.pino.warn(fields, message);
  }

  error(message: string, fields: Fields = {}): void {
    this.pino.error(fields, message);
  }
}

/** What of an error may be logged: its class, code and message, and those of its causes. */
export const describeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code } = error as { code?: unknown };
  return {
    error: `${error.name}: ${error.message}`,
    ...(code !== undefined && { code }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
};
