import { accessSync, constants, existsSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Bundle, Target, TrainerBackend as BackendName } from '@ratchet/domain';
import { RatchetError } from '@ratchet/observability';
import { OpenAiFineTuningClient } from '@ratchet/providers';
import type { ProviderConfig } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { CommandBackend } from './backends/command/command-backend.js';
import { placeholderNames, jobOf } from './backends/kubernetes/job-template.js';
import type { Placeholders } from './backends/kubernetes/job-template.js';
import { openKube } from './backends/kubernetes/kube-client.js';
import { KubernetesBackend } from './backends/kubernetes/kubernetes-backend.js';
import { OpenAiBackend } from './backends/openai/openai-backend.js';
import type { TrainerBackend } from './backends/trainer-backend.js';
import { openAiDefaults } from './trainers-config.js';
import type { KubernetesTrainerConfig, TrainerConfig } from './trainers-config.js';

/** Where no trainer of TRAINERS fits: the fine-tuning jobs of the champion's own provider. */
export const PROVIDER_ITSELF = 'provider';

/** Chooses who trains. The first trainer of TRAINERS that fits the target does. */
@Injectable()
export class Trainers implements OnModuleInit {
  private readonly opened = new Map<string, Promise<TrainerBackend>>();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'TRAINERS' | 'PROVIDERS'>) {}

  /**
   * What only shows on this machine is wrong at the start, too, and not at the first cycle.
   *
   * @throws {RatchetError} `bad_configuration`
   */
  async onModuleInit(): Promise<void> {
    for (const [name, trainer] of Object.entries(this.config.TRAINERS)) {
      for (const provider of trainer.for?.providers ?? []) {
        if (!this.config.PROVIDERS.some((known) => known.name === provider)) throw badTrainer(name, `for.providers: PROVIDERS has no provider ${provider}`);
      }
      if (trainer.backend === 'command') checkCommand(name, trainer);
      if (trainer.backend === 'kubernetes') await this.open(name, undefined);
    }
  }

  nameFor({ model, workload }: Target, { provider }: Pick<Bundle, 'provider'>): string {
    const fits = ({ for: only }: TrainerConfig): boolean =>
      (only?.providers?.includes(provider.name) ?? true) && (only?.targets?.some((target) => target === `${model}/${workload}` || target === `${model}/*`) ?? true);
    return Object.entries(this.config.TRAINERS).find(([, trainer]) => fits(trainer))?.[0] ?? PROVIDER_ITSELF;
  }

  /** Whether a provider's own jobs train, which may mix in what it remembers. */
  isProvider(name: string): boolean {
    return (this.config.TRAINERS[name]?.backend ?? 'openai') === 'openai';
  }

  backendOf(target: Target, bundle: Pick<Bundle, 'provider'>): BackendName {
    return this.config.TRAINERS[this.nameFor(target, bundle)]?.backend ?? 'openai';
  }

  /** The provider that serves, and with `openai` also trains. */
  providerOf({ provider: { name } }: Pick<Bundle, 'provider'>): ProviderConfig {
    const provider = this.config.PROVIDERS.find((known) => known.name === name);
    if (!provider) throw new RatchetError({ code: 'unknown_provider', message: `provider ${name} is not in PROVIDERS`, retryable: true });
    return provider;
  }

  /** @throws {RatchetError} `unknown_trainer` or `unknown_provider`, which a changed configuration can mend */
  async open(name: string, bundle: Pick<Bundle, 'provider'> | undefined): Promise<TrainerBackend> {
    const trainer = name === PROVIDER_ITSELF ? openAiDefaults : this.config.TRAINERS[name];
    if (!trainer) throw new RatchetError({ code: 'unknown_trainer', message: `trainer ${name} has a run under way, and is not in TRAINERS any more`, retryable: true });
    const key = trainer.backend === 'openai' ? `${name} ${bundle?.provider.name ?? ''}` : name;
    const known = this.opened.get(key);
    if (known) return known;
    const opening = this.make(name, trainer, bundle);
    this.opened.set(key, opening);
    opening.catch(() => this.opened.delete(key));
    return opening;
  }

  private async make(name: string, trainer: TrainerConfig, bundle: Pick<Bundle, 'provider'> | undefined): Promise<TrainerBackend> {
    if (trainer.backend === 'command') return new CommandBackend(trainer);
    if (trainer.backend === 'kubernetes') return openKubernetes(name, trainer);
    if (!bundle) throw new RatchetError({ code: 'unknown_provider', message: `trainer ${name} needs the champion's provider`, retryable: true });
    const provider = this.providerOf(bundle);
    return new OpenAiBackend(new OpenAiFineTuningClient(provider), provider, trainer);
  }
}

const badTrainer = (name: string, message: string): RatchetError => new RatchetError({ code: 'bad_configuration', message: `TRAINERS: ${name}: ${message}` });

const checkCommand = (name: string, { program, memoryMb }: Extract<TrainerConfig, { backend: 'command' }>): void => {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    throw badTrainer(name, `program ${program} is not there, or may not be executed`);
  }
  if (memoryMb !== undefined && !existsSync('/proc/self/status')) throw badTrainer(name, 'memoryMb needs /proc, which only Linux has');
};

/** A template that cannot become a Job is found out now. */
const openKubernetes = async (name: string, trainer: KubernetesTrainerConfig): Promise<TrainerBackend> => {
  const kube = await openKube(trainer);
  const values = Object.fromEntries(placeholderNames.map((placeholder) => [placeholder, 'x'])) as Placeholders;
  try {
    jobOf(kube.template, { settings: trainer, values, deadline: new Date(), nowMs: Date.now() });
  } catch (error) {
    throw badTrainer(name, error instanceof Error ? error.message : 'the template cannot be used');
  }
  return new KubernetesBackend(kube, trainer);
};
