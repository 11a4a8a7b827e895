import { connect, createServer } from 'node:net';

import { LocalStackError } from './local-stack-error.js';

// Below the range from which systems take ports for outgoing connections (32768 on Linux, 49152 elsewhere), so that
// a port chosen once is still free at the next start.
const lowestPort = 20_000;
const highestPort = 31_999;

/** Whether this machine's loopback address accepts a new listener on `port`. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts TCP connections at `host:port`. */
export async function portAnswers(input: { host: string; port: number; timeoutMs: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: input.host, port: input.port, timeout: input.timeoutMs });
    const answer = (answers: boolean) => (): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', answer(true)).once('timeout', answer(false)).once('error', answer(false));
  });
}

/**
 * Picks the port of a service: the configured one, else the one used before if it is still free, else any free one.
 *
 * @param variable the variable that configures it, for the message.
 * @param taken ports that are promised to another service already.
 * @throws {LocalStackError} `port_taken` when the configured port is in use.
 */
export async function pickPort(input: {
  configured: number | undefined;
  remembered: number | undefined;
  variable: string;
  taken: Set<number>;
}): Promise<number> {
  const { configured, remembered, variable, taken } = input;
  if (configured !== undefined) {
    taken.add(configured);
    if (await isPortFree(configured)) return configured;
    throw new LocalStackError({
      code: 'port_taken',
      message: `Port ${configured} of ${variable} is in use by another program. Stop that program, or unset ${variable} to let a free port be chosen.`,
    });
  }
  const usable = async (port: number): Promise<boolean> => {
    if (taken.has(port)) return false;
    taken.add(port);
    return isPortFree(port);
  };
  if (remembered !== undefined && (await usable(remembered))) return remembered;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort + 1));
    if (await usable(port)) return port;
  }
  throw new LocalStackError({
    code: 'port_taken',
    message: `No free port was found from ${lowestPort} to ${highestPort}. Set ${variable} to a free port.`,
  });
}
