import { Controller, Get, Header } from '@nestjs/common';
import { readFileSync } from 'node:fs';

const asset = (name: string): string => readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8');

/** The plain page: it only reads the API, and writes what users and models wrote as text, never as markup. */
@Controller()
export class PageController {
  private readonly html = asset('index.html');
  private readonly script = asset('console.js');
  private readonly style = asset('console.css');

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
  @Header('x-content-type-options', 'nosniff')
  page(): string {
    return this.html;
  }

  @Get('console.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  code(): string {
    return this.script;
  }

  @Get('console.css')
  @Header('content-type', 'text/css; charset=utf-8')
  look(): string {
    return this.style;
  }
}
