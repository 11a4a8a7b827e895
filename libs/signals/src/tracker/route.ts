import type { Interaction } from '@ratchet/domain';
import { failureThresholdOf, idleEndMsOf, type SignalsConfig, withholdsContent } from '../config.js';
import { type VitalsKey, vitalsKeyOf } from './vitals-counter.js';

type Assignment = Interaction['assignment'];

/** Who answered, and for whom it counts, with what follows from these: one object for all interactions of a log that have it in common. */
export interface Route {
  readonly model: string;
  readonly workload: string;
  readonly version: string;
  /** Without the covariate, which is one conversation's own. */
  readonly assignment: Assignment;
  /** Only where the object stands for one conversation: see {@link routeOfUnit}. */
  readonly covariate: number | undefined;
  readonly key: VitalsKey;
  readonly overridden: boolean;
  readonly failureThreshold: number;
  readonly idleEndMs: number;
  /** Nothing that anybody wrote may leave with signals and failures. */
  readonly withheld: boolean;
}

/** Routes come and go with versions and stages; beyond this many the table starts anew, and only sharing is lost. */
const ROUTES_KEPT_MAX = 2_000;

export class Routes {
  readonly #config: SignalsConfig;
  readonly #byVersion = new Map<string, Route[]>();
  readonly #threshold: number;
  #count = 0;

  /** The threshold is that of the weights, for where none is configured. */
  constructor(config: SignalsConfig, threshold: number) {
    this.#config = config;
    this.#threshold = threshold;
  }

  of(interaction: Interaction): Route {
    const { model, workload, version, assignment } = interaction;
    const sameVersion = this.#byVersion.get(groupOf(version, assignment));
    if (sameVersion !== undefined) {
      for (const route of sameVersion) if (route.workload === workload && route.model === model && isSameAssignment(route.assignment, assignment)) return route;
    }
    return this.#add(interaction, sameVersion);
  }

  #add(interaction: Interaction, sameVersion: Route[] | undefined): Route {
    const { model, workload, version, assignment } = interaction;
    const group = groupOf(version, assignment);
    const route: Route = {
      model,
      workload,
      version,
      assignment: withoutCovariate(assignment),
      covariate: undefined,
      key: vitalsKeyOf(interaction),
      overridden: assignment?.overridden === true,
      failureThreshold: failureThresholdOf(this.#config, workload) ?? this.#threshold,
      idleEndMs: idleEndMsOf(this.#config, workload),
      withheld: withholdsContent(this.#config, workload),
    };
    if (this.#count >= ROUTES_KEPT_MAX) {
      this.#byVersion.clear();
      this.#count = 0;
      this.#byVersion.set(group, [route]);
    } else if (sameVersion === undefined) this.#byVersion.set(group, [route]);
    else sameVersion.push(route);
    this.#count += 1;
    return route;
  }
}

/** Segments may be many, so that those of a version are not looked through one by one. */
const groupOf = (version: string, assignment: Assignment): string => (assignment?.segment === undefined ? version : `${version}\u0000${assignment.segment}`);

const withoutCovariate = (assignment: Assignment): Assignment => {
  if (assignment?.covariate === undefined) return assignment;
  const { covariate: _own, ...shared } = assignment;
  return shared;
};

/** The route that a conversation counts for, with what was known of its unit beforehand; the shared one where that is nothing. */
export const routeOfUnit = (route: Route, assignment: Assignment): Route => (assignment?.covariate === undefined ? route : { ...route, covariate: assignment.covariate });

const isSameAssignment = (a: Assignment, b: Assignment): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.rolloutId === b.rolloutId && a.stage === b.stage && a.arm === b.arm && a.version === b.version && a.overridden === b.overridden && a.fellBack === b.fellBack && a.unit === b.unit && a.segment === b.segment);
