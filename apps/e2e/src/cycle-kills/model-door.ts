import { Agent, createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request to the model server, as the network sees it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Once the model server has answered. */
  readonly status?: number;
  readonly answer?: string;
}

/** `asked`: before the model server sees the request; `answered`: before the one who asked sees the answer. */
export type DoorSide = 'asked' | 'answered';

/** Stops exchanges until it is released. */
export interface DoorHold {
  /** Resolves once an exchange stands still here. */
  readonly reached: Promise<void>;
  release(): void;
}

interface Rule {
  readonly side: DoorSide;
  readonly match: (exchange: Exchange) => boolean;
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/**
 * Stands between the services and the model server. It passes everything on as it is, and can hold an exchange at either side, so that a process is killed
 * exactly there. Where the model server is away, the connection breaks, as it would without the door.
 */
export class ModelDoor {
  /** Chat requests that came, answered or not. */
  chats = 0;
  private rules: readonly Rule[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly server: Server,
    private target: { readonly port: number } | undefined,
  ) {}

  static async open(): Promise<ModelDoor> {
    const server = createServer({ keepAliveTimeout: 75_000 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const door = new ModelDoor(server, undefined);
    server.on('request', (request, response) => {
      door.pass(request, response).catch(() => response.destroy());
    });
    return door;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  leadTo(port: number): void {
    this.target = { port };
  }

  /** Holds every exchange that matches, from the first one on. */
  hold(side: DoorSide, match: (exchange: Exchange) => boolean): DoorHold {
    const arrival = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const rule: Rule = { side, match, arrive: arrival.resolve, released: end.promise };
    this.rules = [...this.rules, rule];
    return {
      reached: arrival.promise,
      release: () => {
        this.rules = this.rules.filter((other) => other !== rule);
        end.resolve();
      },
    };
  }

  async close(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const asked: Exchange = { method: request.method ?? '', path: request.url ?? '' };
    if (asked.path.endsWith('/chat/completions')) this.chats += 1;
    await this.stand('asked', asked);
    // Who asked may be dead by now.
    if (request.socket.destroyed) return;
    const answer = await this.forward(request, body);
    const content = await bodyOf(answer);
    await this.stand('answered', { ...asked, status: answer.statusCode ?? 0, answer: String(content) });
    if (!request.socket.destroyed) response.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
  }

  /** A rule that was made while the exchange stood at another one holds it, too. */
  private async stand(side: DoorSide, exchange: Exchange): Promise<void> {
    const passed = new Set<Rule>();
    for (;;) {
      const rule = this.rules.find((one) => one.side === side && !passed.has(one) && one.match(exchange));
      if (!rule) return;
      passed.add(rule);
      rule.arrive();
      await rule.released;
    }
  }

  private forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { target, agent } = this;
    if (!target) throw new Error('the door leads nowhere yet');
    return new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: target.port, method, path: url, headers, agent }, resolve).once('error', reject).end(body);
    });
  }
}
