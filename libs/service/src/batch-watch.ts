interface Running {
  readonly what: string;
  readonly sinceMs: number;
}

/**
 * Batches that this process works on. One that neither ends nor fails for very long waits for something that will not come: the partition stands
 * still, and only another process can take it up. A batch whose database is away is no such thing: it fails, and is tried again.
 */
export class BatchWatch {
  private readonly running = new Set<Running>();

  constructor(private readonly stuckAfterMs: number) {}

  /** Gives what ends the watch over it. */
  begin(what: string, nowMs = Date.now()): () => void {
    const one = { what, sinceMs: nowMs };
    this.running.add(one);
    return () => void this.running.delete(one);
  }

  /** The oldest one that is stuck, with its age in seconds. */
  stuck(nowMs = Date.now()): { readonly what: string; readonly seconds: number } | undefined {
    const [oldest] = [...this.running].sort((one, other) => one.sinceMs - other.sinceMs);
    if (!oldest || nowMs - oldest.sinceMs < this.stuckAfterMs) return undefined;
    return { what: oldest.what, seconds: Math.round((nowMs - oldest.sinceMs) / 1_000) };
  }
}
