import { z } from 'zod';
import { idSchema } from '../event/event-definition.js';

/** A target is what routing, champion, cycle and rollout belong to: one workload of one model. */
export const targetFields = { model: idSchema, workload: idSchema };
export const targetSchema = z.object(targetFields);
export type Target = z.infer<typeof targetSchema>;

/** `model/workload`: the key of the topics routing, vitals and promotions. */
export const targetKey = ({ model, workload }: Target): string => `${model}/${workload}`;

/** Reads `model/workload`; a model's name may itself contain slashes, a workload's may not. Throws a RangeError otherwise. */
export const parseTargetKey = (key: string): Target => {
  const cut = key.lastIndexOf('/');
  if (cut < 1 || cut === key.length - 1) throw new RangeError(`"${key}" is not a target: write it as model/workload`);
  return { model: key.slice(0, cut), workload: key.slice(cut + 1) };
};
