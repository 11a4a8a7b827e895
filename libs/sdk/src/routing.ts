import { assign, AssignmentError, type Arm, armOf, bucketOf } from './assignment.js';

type StickTo = 'conversation' | 'user';

/** What one target's traffic goes by: the data of `ratchet.routing.changed`, the last by `revision`. Other fields of it are passed over. */
export interface Routing {
  readonly model?: string;
  readonly champion: string;
  readonly candidate?: string | undefined;
  /** Of the rollout or the experiment that has traffic. */
  readonly rolloutId?: string | undefined;
  readonly share: number;
  readonly stage: number;
  readonly salt: string;
  readonly stickTo: StickTo;
  readonly control?: string | undefined;
  readonly controlShare?: number | undefined;
  readonly draining?: Draining | undefined;
}

/** A candidate that lost its share, and finishes the conversations that it had begun, until an RFC 3339 instant. */
export interface Draining {
  readonly rolloutId: string;
  readonly candidate: string;
  readonly salt: string;
  readonly share: number;
  readonly stage: number;
  readonly stickTo: StickTo;
  readonly until: string;
}

export interface RoutedRequest {
  readonly routing: Routing;
  readonly conversationId: string;
  readonly userId?: string | null | undefined;
  /** True where the conversation has an answer already; only such a one goes on with a draining candidate. */
  readonly continues?: boolean | undefined;
  /** Up to 100 characters; a group that an experiment's result is split by, known before the answer. */
  readonly segment?: string | undefined;
  /** A number known of the unit before it was assigned, that predicts its outcome. */
  readonly covariate?: number | undefined;
  /** Epoch milliseconds; the present time where it is absent. */
  readonly at?: number | undefined;
}

/** Goes into the interaction as `assignment`: by it the answer is counted. */
export interface RoutedAssignment {
  rolloutId: string;
  stage: number;
  arm: Arm;
  version: string;
  unit: StickTo;
  segment?: string;
  covariate?: number;
}

export interface Route {
  version: string;
  /** Absent where nothing is being tried. */
  assignment?: RoutedAssignment;
}

const keyOf = ({ conversationId, userId }: RoutedRequest, stickTo: StickTo): { key: string; unit: StickTo } =>
  stickTo === 'user' && userId !== undefined && userId !== null && userId !== '' ? { key: userId, unit: 'user' } : { key: conversationId, unit: 'conversation' };

const known = ({ segment, covariate }: RoutedRequest): Pick<RoutedAssignment, 'segment' | 'covariate'> => ({
  ...(segment !== undefined && { segment }),
  ...(covariate !== undefined && { covariate }),
});

interface OnTrial {
  rolloutId: string;
  candidate: string;
}

/** Undefined where all traffic is the champion's. A champion may be an experiment's treatment, against another version. */
const onTrial = ({ rolloutId, candidate, champion, control = champion }: Routing): OnTrial | undefined =>
  rolloutId === undefined || candidate === undefined || candidate === control ? undefined : { rolloutId, candidate };

const drainingRoute = (request: RoutedRequest): Route | undefined => {
  const { routing: { draining }, continues = false, at = Date.now() } = request;
  if (!draining || !continues || !(at < Date.parse(draining.until))) return undefined;
  const { rolloutId, stage, salt, share, candidate: version } = draining;
  const { key, unit } = keyOf(request, draining.stickTo);
  if (armOf({ bucket: bucketOf(salt, key), share }) !== 'candidate') return undefined;
  // Counted for the rollout that it was part of, which is over: the running one must not have answers of a third version in its arms.
  return { version, assignment: { rolloutId, stage, arm: 'candidate', version, unit, ...known(request) } };
};

/**
 * Which version answers a request, and the assignment that has to be sent along with the interaction. Pure but for the default
 * of `at`, and what the gateway itself does.
 *
 * @throws {AssignmentError} where the routing contradicts itself ({@link routingProblem} tells beforehand)
 */
export const routeRequest = (request: RoutedRequest): Route => {
  const { routing } = request;
  const drained = drainingRoute(request);
  if (drained) return drained;
  const trial = onTrial(routing);
  if (!trial) return { version: routing.champion };
  const { key, unit } = keyOf(request, routing.stickTo);
  const { version, arm } = assign({ ...routing, ...trial, key });
  return { version, assignment: { rolloutId: trial.rolloutId, stage: routing.stage, arm, version, unit, ...known(request) } };
};

/** Why {@link routeRequest} would refuse this routing; undefined where it is sound. */
export const routingProblem = (routing: Routing): string | undefined => {
  const trial = onTrial(routing);
  if (!trial) return undefined;
  try {
    assign({ ...routing, ...trial, key: undefined });
    return undefined;
  } catch (error) {
    if (error instanceof AssignmentError) return error.message;
    throw error;
  }
};

/** Of two entries of one target the later one, whatever order they come in: revisions only grow. */
export const laterRouting = <Entry extends { readonly revision: number }>(kept: Entry | undefined, arrived: Entry): Entry =>
  kept !== undefined && kept.revision >= arrived.revision ? kept : arrived;
