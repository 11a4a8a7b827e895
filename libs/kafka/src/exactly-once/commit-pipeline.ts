/**
 * Commits of one partition, one after the other, while the next batch is computed. When one fails, those behind it are built on
 * sand: they are not tried, and `onFailed` is told once.
 */
export class CommitPipeline {
  private tail: Promise<void> = Promise.resolve();
  private unfinished = 0;
  private failed = false;

  constructor(private readonly onFailed: (error: unknown) => void) {}

  get isIdle(): boolean {
    return this.unfinished === 0;
  }

  /** Queues a commit; resolves when those before it have ended, so that whoever waits is never more than one ahead. Never rejects. */
  push(commit: () => Promise<void>): Promise<void> {
    const before = this.tail;
    this.unfinished += 1;
    this.tail = before.then(async () => {
      try {
        if (!this.failed) await commit();
      } catch (error) {
        this.failed = true;
        this.onFailed(error);
      } finally {
        this.unfinished -= 1;
      }
    });
    return before;
  }

  /** Resolves when every commit so far has ended, well or not. */
  drained(): Promise<void> {
    return this.tail;
  }
}
