import { RatchetError } from '@ratchet/observability';
import type { BudgetCode } from './decide-reservation.js';

/** A call that was not made because it could have gone over a budget; nothing was spent. */
export class BudgetExceededError extends RatchetError {
  declare readonly code: BudgetCode;

  constructor({ code, message }: { code: BudgetCode; message: string }) {
    super({ code, message });
    this.name = 'BudgetExceededError';
  }
}
