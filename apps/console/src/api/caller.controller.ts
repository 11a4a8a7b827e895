import { Controller, Get } from '@nestjs/common';
import { type Caller as CallerFacts, callerSchema } from '@ratchet/console-api';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';

@Controller('api/caller')
export class CallerController {
  /** Who asks, and what they may do. */
  @Get()
  @Access('viewer')
  @Answers(callerSchema)
  caller(@Caller() { name, role, via, readOnly }: CallerFacts): CallerFacts {
    return { name, role, via, readOnly };
  }
}
