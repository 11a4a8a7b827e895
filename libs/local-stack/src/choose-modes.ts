import { LocalStackError } from './local-stack-error.js';
import type { StackEnvironment } from './stack-environment.js';

/** Where a service of the stack comes from. */
export type ServiceMode = 'environment' | 'compose' | 'embedded';

/** The modes in which the service is this data folder's own. */
export type OwnMode = Exclude<ServiceMode, 'environment'>;

/** The mode of each of the two services. */
export interface StackModes {
  readonly kafka: ServiceMode;
  readonly postgres: ServiceMode;
}

/**
 * Decides where Kafka and PostgreSQL come from, each on its own: what the environment names, else what `RATCHET_STACK`
 * asks for, else what this data folder used before (its data lives there), else Docker Compose where an engine
 * answers, else embedded.
 *
 * @param askEngine asked at most once, and only where the answer matters: it costs up to two seconds.
 * @throws {LocalStackError} `compose_failed` when this data folder's data is in Docker Compose and no engine answers.
 */
export async function chooseModes(input: {
  environment: StackEnvironment;
  previous: Partial<Record<keyof StackModes, OwnMode>>;
  askEngine: () => Promise<boolean>;
}): Promise<StackModes> {
  let answer: Promise<boolean> | undefined;
  const engineAnswers = (): Promise<boolean> => (answer ??= input.askEngine());
  const { environment, previous } = input;
  return {
    kafka: environment.kafkaBrokers
      ? 'environment'
      : await chooseOwnMode({ wanted: environment.mode, previous: previous.kafka, engineAnswers }),
    postgres: environment.databaseUrl
      ? 'environment'
      : await chooseOwnMode({ wanted: environment.mode, previous: previous.postgres, engineAnswers }),
  };
}

async function chooseOwnMode(input: {
  wanted: StackEnvironment['mode'];
  previous: OwnMode | undefined;
  engineAnswers: () => Promise<boolean>;
}): Promise<OwnMode> {
  const { wanted, previous, engineAnswers } = input;
  if (wanted === 'embedded' || (wanted === undefined && previous === 'embedded')) return 'embedded';
  if (await engineAnswers()) return 'compose';
  if (wanted === 'compose') {
    throw new LocalStackError({
      code: 'compose_failed',
      message: 'RATCHET_STACK=compose, but no Docker engine with Compose answers. Start Docker, or unset RATCHET_STACK.',
    });
  }
  if (previous === 'compose') {
    throw new LocalStackError({
      code: 'compose_failed',
      message:
        "This data folder's data is in Docker Compose, but no Docker engine answers. Start Docker, or set RATCHET_STACK=embedded to begin with empty embedded services.",
    });
  }
  return 'embedded';
}
