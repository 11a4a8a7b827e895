import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiExcludeController, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Access } from './access.js';
import { finishedDocument } from './finish-document.js';

/** The OpenAPI document of the console's API, made from its routes. */
@Injectable()
export class OpenApiDocument {
  document: OpenAPIObject | undefined;

  describe(app: NestFastifyApplication): void {
    const about = new DocumentBuilder()
      .setTitle('Ratchet console')
      .setDescription('What people see, decide and can prove. Errors are RFC 9457 problems.')
      .setVersion('1')
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token' })
      .addSecurityRequirements('bearer')
      .build();
    this.document = finishedDocument(SwaggerModule.createDocument(app, about));
  }
}

@Controller('api/openapi.json')
@ApiExcludeController()
export class OpenApiController {
  constructor(@Inject(OpenApiDocument) private readonly openApi: OpenApiDocument) {}

  @Get()
  @Access('viewer')
  document(): OpenAPIObject | undefined {
    return this.openApi.document;
  }
}
