import { z } from 'zod';

/** Parts of what the console shows; a page asks anew for what it shows of a part when the part has changed. */
export const areas = ['targets', 'vitals', 'failures', 'opportunities', 'reviews', 'datasets', 'cycles', 'rollouts', 'experiments', 'decisions', 'alerts', 'audit', 'reports', 'budgets', 'access'] as const;
export const areaSchema = z.enum(areas);
export type Area = z.infer<typeof areaSchema>;
