import { RatchetError } from '@ratchet/observability';

const CAUSES_MAX = 10;

/** Connections, host names and timeouts (Node, undici); SQLSTATE classes of connections, retries, resources, locks and shutdowns. */
const PASSING_CODE = /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR|08|40|53|55P03|57P)/;
/** What a database client says of a connection that broke has no code. */
const PASSING_MESSAGE = /connection|terminat|timeout/i;

/** Whether trying again may help: our own retryable errors, and trouble with a connection, also where another error was made of them. */
export const mayPass = (error: unknown): boolean => {
  let one = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof one === 'object' && one !== null; depth += 1) {
    if (one instanceof RatchetError && (one.retryable || one.cause === undefined)) return one.retryable;
    const { code: own, driverError, message, cause } = one as { code?: unknown; driverError?: { code?: unknown }; message?: unknown; cause?: unknown };
    const code = driverError?.code ?? own;
    if (typeof code === 'string' ? PASSING_CODE.test(code) : PASSING_MESSAGE.test(String(message ?? ''))) return true;
    one = cause;
  }
  return false;
};
