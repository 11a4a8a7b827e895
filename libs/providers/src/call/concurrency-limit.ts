/** Lets at most `max` holders in at a time; at most `lineMax` others wait in line, first come first served. */
export class ConcurrencyLimit {
  private held = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly max: number,
    private readonly lineMax = Number.POSITIVE_INFINITY,
  ) {}

  get inUse(): number {
    return this.held;
  }

  get waiting(): number {
    return this.line.length;
  }

  /** Whether who comes now finds neither a place nor room in the line. */
  get isFull(): boolean {
    return this.held >= this.max && this.line.length >= this.lineMax;
  }

  /** Resolves once a place is held, or rejects with the signal's reason; each hold needs one {@link release}. Ask {@link isFull} first. */
  acquire(signal: AbortSignal): Promise<void> | undefined {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.held < this.max) {
      this.held += 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.line.splice(this.line.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.line.push(enter);
    });
  }

  release(): void {
    const next = this.line.shift();
    if (next) next();
    else this.held -= 1;
  }
}
