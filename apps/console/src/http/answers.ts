import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemSchema } from '@ratchet/console-api';
import type { z } from 'zod';

/** Says what a route answers, for the OpenAPI document. */
export const Answers = (schema: z.ZodType, { status = 200, description = 'As asked' }: { status?: number; description?: string } = {}): MethodDecorator =>
  applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, standardSchema: schema } as never),
    ApiResponse({ status: '4XX', description: 'What was wrong with the request, as application/problem+json', standardSchema: problemSchema } as never),
  );
