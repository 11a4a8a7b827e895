/** Work takes turns: one of a lane at a time, and at most `atOnce` lanes, first come first served among those that may. */
export class Turns {
  private readonly busy = new Set<string>();
  private readonly waiting: { readonly lane: string; readonly begin: () => void }[] = [];

  constructor(private readonly atOnce: number) {}

  /** Waits for the lane's turn, works, and lets the next one begin; what `work` throws is thrown. */
  async take<T>(lane: string, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.waiting.push({ lane, begin });
      this.beginNext();
    });
    try {
      return await work();
    } finally {
      this.busy.delete(lane);
      this.beginNext();
    }
  }

  private beginNext(): void {
    while (this.busy.size < this.atOnce) {
      const index = this.waiting.findIndex(({ lane }) => !this.busy.has(lane));
      const [next] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (!next) return;
      this.busy.add(next.lane);
      next.begin();
    }
  }
}
