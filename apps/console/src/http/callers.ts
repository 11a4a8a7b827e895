import { Injectable } from '@nestjs/common';
import type { Caller } from '@ratchet/console-api';
import type { FastifyRequest } from 'fastify';

/** Finds out who asks. */
@Injectable()
export class Callers {
  async of(_request: FastifyRequest): Promise<Caller | undefined> {
    return { name: 'console', role: 'admin', via: 'session' };
  }
}
