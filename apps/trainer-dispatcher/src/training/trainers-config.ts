import { isAbsolute } from 'node:path';
import { jsonVariable } from '@ratchet/service';
import { z } from 'zod';

const usd = z.number().nonnegative();
const absolutePath = z.string().refine(isAbsolute, 'give an absolute path');
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/u, 'is no name of an environment variable');
const megabytes = z.number().int().positive();

const forSchema = z
  .strictObject({
    /** Names in PROVIDERS: targets whose champion is served there. */
    providers: z.array(z.string().min(1)).min(1).optional(),
    /** `model/workload`, or `model/*`. */
    targets: z.array(z.string().regex(/^.+\/.+$/u, 'write model/workload or model/*')).min(1).optional(),
  })
  .refine(({ providers, targets }) => providers !== undefined || targets !== undefined, 'name providers, targets or both; leave it out for all');

const shared = { for: forSchema.optional() };

const openAiSchema = z.strictObject({
  backend: z.literal('openai'),
  ...shared,
  /** `dpo` trains on preference pairs; a cycle with fewer than `minPairs` of them is trained on its answers. */
  method: z.enum(['supervised', 'dpo']).default('supervised'),
  minPairs: z.number().int().min(1).default(10),
  /** Of preference training; the provider's own where absent. */
  beta: z.number().positive().max(2).optional(),
  /** Where supervised hyperparameters go; by the provider's address where absent. */
  hyperparametersIn: z.enum(['method', 'top']).optional(),
  /** True where the provider is known to honour `Idempotency-Key` when jobs are created. */
  idempotencyKeys: z.boolean().optional(),
  /** At most this long may a created job be missing in the provider's list. */
  createSettleMs: z.number().int().nonnegative().default(60_000),
  usdPerMillionTrainedTokens: usd.optional(),
});

const commandSchema = z.strictObject({
  backend: z.literal('command'),
  ...shared,
  program: absolutePath,
  args: z.array(z.string()).default([]),
  /** Each run has a folder in it, named by its cycle. It must outlive a restart. */
  folder: absolutePath,
  /** Variables of the dispatcher that the program is given; no others. */
  env: z.array(variableName).default(['PATH', 'HOME', 'LANG', 'TMPDIR']),
  /** Variables of its own. */
  set: z.record(variableName, z.string()).default({}),
  /** Of all its processes together, resident; looked at twice a second. */
  memoryMb: megabytes.optional(),
  /** Of each process, as RLIMIT_AS by `prlimit`; not for programs that reserve more than they use, as CUDA does. */
  addressSpaceMb: megabytes.optional(),
  graceMs: z.number().int().positive().default(10_000),
  /** Of standard output and standard error each. */
  logBytes: z.number().int().min(3_000).max(100_000_000).default(1_000_000),
  usdPerHour: usd.optional(),
});

const kubernetesSchema = z
  .strictObject({
    backend: z.literal('kubernetes'),
    ...shared,
    namespace: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u, 'is no name of a namespace'),
    template: z.record(z.string(), z.unknown()).optional(),
    templateFile: absolutePath.optional(),
    /** Which container trains; the first where absent. */
    container: z.string().min(1).optional(),
    /** Where the cluster's pods reach this service, without a path. */
    dataUrl: z.url({ protocol: /^https?$/u }),
    /** Path; without it the pod's service account, or what kubectl would use. */
    kubeconfig: absolutePath.optional(),
    context: z.string().min(1).optional(),
    gpus: z.number().int().min(0).default(0),
    gpuResource: z.string().min(1).default('nvidia.com/gpu'),
    backoffLimit: z.number().int().min(0).max(20).default(1),
    ttlSecondsAfterFinished: z.number().int().min(600).default(86_400),
    usdPerHour: usd.optional(),
  })
  .refine(({ template, templateFile }) => (template === undefined) !== (templateFile === undefined), 'give either template or templateFile');

export const trainerConfigSchema = z.discriminatedUnion('backend', [openAiSchema, commandSchema, kubernetesSchema]);
export type TrainerConfig = z.infer<typeof trainerConfigSchema>;
export type OpenAiTrainerConfig = z.infer<typeof openAiSchema>;
export type CommandTrainerConfig = z.infer<typeof commandSchema>;
export type KubernetesTrainerConfig = z.infer<typeof kubernetesSchema>;

/** Of a provider that no trainer of TRAINERS is for. */
export const openAiDefaults = openAiSchema.parse({ backend: 'openai' });

/** Of a trainer: no number, so that JSON keeps the order. */
const NAME = /^[a-z][a-z0-9-]{0,62}$/u;

export const trainersSchema = z.record(z.string(), trainerConfigSchema).superRefine((trainers, context) => {
  for (const name of Object.keys(trainers)) {
    const problem = name === 'provider' ? 'stands for providers without a trainer of their own; choose another name' : NAME.test(name) ? undefined : 'is no name of a trainer: lower-case letters, digits and dashes, a letter first';
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
});
export type Trainers = z.infer<typeof trainersSchema>;

export const trainersVariable = jsonVariable(trainersSchema, { example: '{"own": {"backend": "command", "program": "/opt/train", "folder": "/var/lib/ratchet/training"}}', orFile: true });
