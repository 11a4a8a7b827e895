/** What the parts of a service have to say of their state beside "ready", for `GET /health/ready`; never a reason to turn traffic away. */
export class HealthDetails {
  private readonly readers = new Map<string, () => unknown>();

  /** `read` is asked with each request. */
  add(name: string, read: () => unknown): void {
    this.readers.set(name, read);
  }

  read(): Record<string, unknown> {
    return Object.fromEntries([...this.readers].map(([name, read]) => [name, read()]));
  }
}
