import { Injectable } from '@nestjs/common';
import { composeSafetySet } from './compose-safety-set.js';
import { loadSafetyTemplates } from './safety-templates.js';

/** The shipped safety set, composed once at the start: a broken set stops the service instead of a judgement. */
@Injectable()
export class SafetySetProvider {
  readonly set = composeSafetySet(loadSafetyTemplates());
}
