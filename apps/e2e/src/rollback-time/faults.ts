/** What goes wrong with a candidate: its provider fails, its answers are unsafe, or they come late. */
export const faults = ['errors', 'unsafe', 'latency'] as const;
export type Fault = (typeof faults)[number];
