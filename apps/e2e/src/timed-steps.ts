export interface TimedStep {
  readonly step: string;
  readonly seconds: number;
}

/** What took how long, in order, said as it goes. */
export class TimedSteps {
  readonly all: TimedStep[] = [];

  constructor(private readonly say: (text: string) => void) {}

  async take<T>(step: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const value = await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    this.all.push({ step, seconds });
    this.say(`${step}: ${seconds.toFixed(1)} s`);
    return value;
  }
}
