import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ManagedService } from './managed-service.js';

export const chaosServices = ['model-server', 'gateway', 'signal-detector', 'analyzer', 'data-generator', 'trainer-dispatcher', 'evaluator', 'rollout-controller', 'console'] as const;
export type ChaosService = (typeof chaosServices)[number];

export interface FleetOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  readonly env: Readonly<Partial<Record<ChaosService, Readonly<Record<string, string>>>>>;
  /** Model providers beside the embedded one. */
  readonly providers?: Readonly<Record<string, { readonly baseUrl: string }>>;
}

/** Two detectors, so that one can take over from the other; one process of everything else. */
const instancesOf = (service: ChaosService): string[] => (service === 'signal-detector' ? [`${service}-a`, `${service}-b`] : [service]);

/** Every service of the product as processes of the built code, each with a port that it keeps. */
export const makeFleet = async ({ root, dataDir, brokers, databaseUrl, env, providers = {} }: FleetOptions): Promise<ManagedService[]> => {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const modelServerPort = await freePort();
  const shared = {
    NODE_OPTIONS: '',
    KAFKA_BROKERS: brokers.join(','),
    DATABASE_URL: databaseUrl,
    PROVIDERS: JSON.stringify({ embedded: { baseUrl: `http://127.0.0.1:${modelServerPort}/v1` }, ...providers }),
    MODEL_SERVER_DATA_DIR: join(dataDir, 'model-server'),
    GATEWAY_DATA_DIR: join(dataDir, 'gateway'),
  };
  const fleet: ManagedService[] = [];
  for (const service of chaosServices) {
    for (const instance of instancesOf(service)) {
      fleet.push(
        new ManagedService({
          service,
          instance,
          script: join(root, 'apps', service, 'dist', 'main.js'),
          port: service === 'model-server' ? modelServerPort : await freePort(),
          env: { ...shared, ...env[service] },
          logFile: join(dataDir, 'logs', `${instance}.log`),
        }),
      );
    }
  }
  return fleet;
};
