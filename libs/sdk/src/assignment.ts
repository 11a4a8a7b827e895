import { murmur3 } from './murmur3.js';

const { ceil, floor } = Math;

/** How many buckets keys are spread over: one is 0.001 % of them. */
export const BUCKETS = 100_000;

/** `candidate` is served the candidate, `control` is the equal-size comparison group, `rest` is everybody else. */
export type Arm = 'candidate' | 'control' | 'rest';

/** Fractions in [0, 1] by version name; they add up to 1. */
export type VersionWeights = Readonly<Record<string, number>>;

interface AssignmentSubject {
  /** The name that clients ask for; only error messages mention it, the salt alone makes rollouts independent. */
  model?: string;
  /** The rollout id, so that each rollout draws its own candidates. */
  salt: string;
  /** The unit that sticks: a user id or a conversation id. Absent, null or empty: the champion, outside both groups. */
  key?: string | null | undefined;
  /** Version that the control arm is served; the champion where it is absent. Where weights are given, they name it, too. */
  control?: string | undefined;
  /** Share of the control arm; the candidate's where it is absent, as far as the candidate leaves it. */
  controlShare?: number | undefined;
}

/** What {@link assign} needs: either all weights, or the candidate's share and the champion's name. */
export type AssignmentRequest = AssignmentSubject &
  (
    | { weights: VersionWeights; candidate?: string | undefined; champion?: string | undefined; share?: never }
    | { share: number; candidate: string; champion: string; weights?: never }
  );

/** A version, the arm that this request counts for, and its bucket (null without a key). */
export interface Assignment {
  version: string;
  arm: Arm;
  bucket: number | null;
}

/** A request that cannot be answered; the message says what to change. */
export class AssignmentError extends Error {
  override readonly name = 'AssignmentError';
  readonly code = 'assignment_invalid';
}

// Rounding in the sum of decimal fractions stays far below this; a forgotten version does not.
const WEIGHT_SUM_TOLERANCE = 1e-6;
// 0.07 * 100000 is 7000.000000000001 in binary floating point; without this slack it would let one bucket too many in.
const BUCKET_ROUNDING = 1e-6;

/** The bucket of a key: `(murmur3(salt + ":" + key) * 100000) >> 32`, an integer in [0, 100000). */
export const bucketOf = (salt: string, key: string): number =>
  // The product stays below 2^49 and the division is by a power of two, so plain numbers give the 64-bit integer result.
  floor((murmur3(`${salt}:${key}`) * BUCKETS) / 2 ** 32);

const bucketsOf = (share: number): number => ceil(share * BUCKETS - BUCKET_ROUNDING);

const requireRoom = (share: number, controlShare: number | undefined): void => {
  if (controlShare === undefined) return;
  if (!(controlShare >= 0 && controlShare <= 1)) throw new AssignmentError(`The control's share is ${controlShare}; give a fraction from 0 to 1.`);
  if (share + controlShare > 1 + WEIGHT_SUM_TOLERANCE) {
    throw new AssignmentError(`The shares of candidate and control, ${share} and ${controlShare}, add up to more than 1.`);
  }
};

/**
 * The arm of a bucket when the candidate's share (a fraction) is `share`: the candidate has the lowest buckets, so nobody
 * leaves it while the share grows; the control group has the highest: `controlShare` of all, or else as many as the
 * candidate, as far as the candidate leaves them.
 *
 * @throws {AssignmentError} where `controlShare` is given and both shares add up to more than 1
 */
export const armOf = ({ bucket, share, controlShare }: { bucket: number; share: number; controlShare?: number | undefined }): Arm => {
  requireRoom(share, controlShare);
  const candidateBuckets = bucketsOf(share);
  if (bucket < candidateBuckets) return 'candidate';
  return bucket >= BUCKETS - (controlShare === undefined ? candidateBuckets : bucketsOf(controlShare)) ? 'control' : 'rest';
};

/**
 * Which version serves a key. A pure function of its arguments, so gateway, product and analysis agree without talking:
 * the candidate exactly if `bucketOf(salt, key) < share * 100000`; the control arm is served `control`, everybody else the champion.
 *
 * @throws {AssignmentError} where weights, shares or names contradict each other
 */
export const assign = (request: AssignmentRequest): Assignment => {
  const { champion, candidate, control, share, controlShare } = resolveVersions(request);
  requireRoom(share, controlShare);
  if (request.salt === '') throw new AssignmentError('The salt is empty; give the rollout id.');
  if (request.key === undefined || request.key === null || request.key === '') {
    return { version: champion, arm: 'rest', bucket: null };
  }
  const bucket = bucketOf(request.salt, request.key);
  const arm = armOf({ bucket, share, controlShare });
  const served = { candidate, control, rest: champion }[arm];
  return { version: served ?? champion, arm, bucket };
};

interface ResolvedVersions {
  champion: string;
  candidate: string | undefined;
  control: string | undefined;
  share: number;
  controlShare: number | undefined;
}

const resolveVersions = (request: AssignmentRequest): ResolvedVersions => {
  if (request.weights !== undefined) return fromWeights({ ...request, weights: request.weights });
  const { share, candidate, champion, control = champion, controlShare } = request;
  if (!(share >= 0 && share <= 1)) throw new AssignmentError(`The share is ${share}; give a fraction from 0 to 1.`);
  if (candidate === control) throw new AssignmentError(`Candidate and ${control === champion ? 'champion' : 'control'} are both ${JSON.stringify(candidate)}.`);
  return { champion, candidate, control, share, controlShare };
};

interface WeightedRequest {
  model?: string;
  weights: VersionWeights;
  candidate?: string | undefined;
  champion?: string | undefined;
  control?: string | undefined;
  controlShare?: number | undefined;
}

const fromWeights = (request: WeightedRequest): ResolvedVersions => {
  const { weights, candidate, control } = request;
  const subject = request.model === undefined ? 'The weights' : `The weights of ${request.model}`;
  const versions = Object.keys(weights);
  if (versions.length === 0) throw new AssignmentError(`${subject} name no version.`);
  for (const [version, weight] of Object.entries(weights)) {
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1)) {
      throw new AssignmentError(`${subject}: ${JSON.stringify(version)} has ${String(weight)}; give a fraction from 0 to 1.`);
    }
  }
  const sum = versions.reduce((total, version) => total + (weights[version] ?? 0), 0);
  if (Math.abs(sum - 1) > WEIGHT_SUM_TOLERANCE) throw new AssignmentError(`${subject} add up to ${sum}, not to 1.`);
  for (const [role, version] of Object.entries({ candidate, control })) {
    if (version !== undefined && !Object.hasOwn(weights, version)) throw new AssignmentError(`${subject} do not name the ${role} ${JSON.stringify(version)}.`);
  }
  if (control !== undefined && candidate === control) throw new AssignmentError(`Candidate and control are both ${JSON.stringify(control)}.`);
  const others = versions.filter((version) => version !== candidate);
  // With three versions the control's weight is the arm's; with two, the control is the champion, whose weight is the rest's, too.
  const apart = control !== undefined && others.length > 1 ? control : undefined;
  const champion = championAmong({ ...request, subject, others: others.filter((version) => version !== apart) });
  return {
    champion,
    candidate,
    control: apart ?? champion,
    share: candidate === undefined ? 0 : (weights[candidate] ?? 0),
    controlShare: apart === undefined ? request.controlShare : controlWeight({ ...request, subject, weight: weights[apart] ?? 0 }),
  };
};

const controlWeight = ({ subject, weight, controlShare = weight }: { subject: string; weight: number; controlShare?: number | undefined }): number => {
  if (Math.abs(controlShare - weight) > WEIGHT_SUM_TOLERANCE) throw new AssignmentError(`${subject} give the control ${weight}, but its share is said to be ${controlShare}.`);
  return weight;
};

const championAmong = (request: WeightedRequest & { subject: string; others: string[] }): string => {
  const { subject, others, champion, candidate } = request;
  const [other] = others;
  if (others.length > 1) {
    const hint = candidate === undefined ? 'name the candidate' : 'one candidate is proved at a time, so give two versions, or name the control';
    throw new AssignmentError(`${subject} name ${others.length + (candidate === undefined ? 0 : 1)} versions; ${hint}.`);
  }
  if (champion !== undefined && (champion === candidate || (other !== undefined && other !== champion))) {
    throw new AssignmentError(`${subject} leave no place for the champion ${JSON.stringify(champion)}.`);
  }
  // A candidate with all of the weight is the only name there is; it serves keyless requests, too.
  return other ?? champion ?? (candidate as string);
};
