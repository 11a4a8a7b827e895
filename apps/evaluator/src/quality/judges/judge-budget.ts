/** Cost of judging against its caps, in US dollars. A call is let through only if the most it may cost still fits. */
export class JudgeBudget {
  private reserved = 0;

  constructor(
    private readonly spent: { readonly hour: number; readonly day: number },
    private readonly caps: { readonly costPerHourUsdMax: number; readonly costPerDayUsdMax: number },
  ) {}

  /** False where it does not fit any more; else the sum counts until {@link settle}. */
  reserve(costUsdMax: number): boolean {
    const after = this.reserved + costUsdMax;
    if (this.spent.hour + after > this.caps.costPerHourUsdMax || this.spent.day + after > this.caps.costPerDayUsdMax) return false;
    this.reserved = after;
    return true;
  }

  settle({ reserved, costUsd }: { reserved: number; costUsd: number }): void {
    this.reserved += costUsd - reserved;
  }
}
