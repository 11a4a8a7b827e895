import { Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { randomBytes } from 'node:crypto';
import { Access } from '../http/access.js';
import { assetOf, pageOf } from './web-files.js';

const policyOf = (nonce: string): string =>
  [
    "default-src 'none'", "script-src 'self'", `style-src 'self' 'nonce-${nonce}'`, "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'",
    "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'",
  ].join('; ');

/** The page and its files. Every address that is none of the API's is the page, which finds its own way. */
@Controller()
@Access('anyone')
@ApiExcludeController()
export class PageController {
  @Get('assets/:file')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  async asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const asset = await assetOf(file);
    if (!asset) throw new NotFoundException(`There is no file ${file}.`);
    void reply.header('content-type', asset.type).header('x-content-type-options', 'nosniff');
    return asset.body;
  }

  @Get(['', 'home', ':section', ':section/*'])
  async page(@Param('section') section: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (section === 'api' || section === 'assets') throw new NotFoundException('There is nothing at this address.');
    const nonce = randomBytes(16).toString('base64');
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', policyOf(nonce))
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cross-origin-opener-policy', 'same-origin');
    return pageOf(nonce);
  }
}
