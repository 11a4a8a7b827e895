export { calculate, type Calculation, calculationGroups, type CalculationOutput } from './calculate.js';
export { type Agreement, cohenKappa, type TwoRaters } from './cohen-kappa.js';
export {
  asymptoticConfidenceSequence,
  type ConfidenceSequence,
  type ConfidenceSequenceRequest,
} from './confidence-sequence.js';
export { cuped, type CupedAdjustment } from './cuped.js';
export { addUnits, designEffect, noUnits, withSingleUnits } from './design-effect.js';
export {
  betaQuantile,
  binomialCdf,
  chiSquareUpperTail,
  logGamma,
  normalCdf,
  normalQuantile,
  normalUpperQuantile,
  normalUpperTail,
  studentTCdf,
  studentTQuantile,
} from './distributions.js';
export { bernoulliEProcess } from './e-process.js';
export {
  groupSequentialBounds,
  GroupSequentialError,
  type GroupSequentialPlan,
  spentAlpha,
  type SpendingFunction,
} from './group-sequential.js';
export { CalculationError } from './input.js';
export { type Discordance, mcNemarTest } from './mcnemar.js';
export { addDropEvidence, betOnDrop, dropThreshold, evidenceRate, type KnownScores, scoresToAlarm } from './mean-drop.js';
export { covariance, mean, variance } from './moments.js';
export { type MixtureTest, type MixtureTestRequest, mixtureSprt, rateDifference } from './msprt.js';
export { benjaminiHochberg, bonferroni, holm } from './multiple-testing.js';
export {
  type ArmRates,
  contrastVariance,
  type NonInferiority,
  relativeNonInferiority,
  type RelativeMarginCounts,
  restrictedRates,
} from './noninferiority.js';
export {
  AGRESTI_MIN_DISCORDANCE,
  type MeanRatio,
  oneSidedQuantile,
  pairedContrast,
  type PairedContrast,
  pairedMeanRatio,
  pairedRatioBounds,
  type PairedScores,
} from './paired-contrast.js';
export { retentionLowerBound, retentionPValue } from './paired-retention.js';
export {
  clopperPearsonInterval,
  clopperPearsonLower,
  clopperPearsonUpper,
  minimumTrialsForBound,
  type Proportion,
  wilsonInterval,
} from './proportion-bounds.js';
export {
  independentRequestsError,
  type RatioMetric,
  ratioMetric,
  ratioMetricFromSums,
  type UnitSums,
} from './ratio-metric.js';
export { type SampleRatio, sampleRatioBayesFactor, sampleRatioChiSquare } from './sample-ratio.js';
export {
  type DifferencePlan,
  type NonInferiorityPlan,
  sampleSizeCohenH,
  sampleSizeNonInferiority,
  sampleSizeUnpooled,
} from './sample-size.js';
export { seededRandom } from './seeded-random.js';
export { alwaysValidHalfWidth, decideStage, type StageDecision, type StageEvidence } from './stage-decision.js';
export {
  pooledDifference,
  type StageCounts,
  stratifiedDifference,
  type StratifiedDifference,
} from './stratified-difference.js';
export {
  agrestiCaffoInterval,
  type Alternative,
  type Interval,
  newcombeInterval,
  normalPValue,
  pooledZTest,
  type TwoProportions,
  unpooledZTest,
  waldInterval,
} from './two-proportions.js';
export { type TwoSamples, welchTTest } from './welch.js';
