export { type FixSupply, whyNotApplicable } from './applicability.js';
export { type FailureKind, type FixOutcome } from './beliefs.js';
export { mergeStrategies, readStrategies, shippedStrategies, StrategyFileError } from './catalogue.js';
export { chooseStrategy, type ChoiceRequest, type Chosen, wantsNewStrategy } from './choose-strategy.js';
export { DEFAULT_LEARNING, type LearningOptions } from './options.js';
export { acceptProposal, type AcceptedProposal, type Proposal, type ProposalRequest, proposalSchema, type StrategyProposer } from './proposal.js';
export { type CycleResult, type DecidedOutcome, DEFAULT_REWARD_WEIGHTS, rewardOf, type RewardWeights } from './reward.js';
