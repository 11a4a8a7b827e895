export { problemSchema, type Problem } from './problem.js';
export { areas, areaSchema, type Area } from './live.js';
export { commandOrderSchema, type CommandOrder, commandAcceptedSchema, roleForCommand } from './command-order.js';
export {
  roles, roleSchema, type Role, mayAct, callerSchema, type Caller, signInMethodsSchema, type SignInMethods, signInSchema, doneSchema,
  userSchema, type UserFacts, usersSchema, usersQuerySchema, newUserSchema, userChangeSchema, type UserChange,
  tokenSchema, type TokenFacts, tokensSchema, tokensQuerySchema, newTokenSchema, type NewTokenOrder, madeTokenSchema, type MadeToken,
  sessionSchema, type SessionFacts, sessionsSchema,
  accessEventKinds, accessEventKindSchema, type AccessEventKind, accessEventSchema, type AccessEventFacts, accessEventsSchema, accessEventsQuerySchema,
} from './access.js';
export {
  changedItemsAnswerSchema, type ChangedItemsAnswer, type CycleDetail, cycleDetailSchema, cyclesPageSchema, type CyclesQuery, cyclesQuerySchema, type CycleSummary, cycleSummarySchema, type DatasetDetail, datasetDetailSchema, datasetsPageSchema,
  type DatasetsQuery, datasetsQuerySchema, type DatasetSummary, datasetSummarySchema, type Decision, decisionSchema, decisionsPageSchema, type DecisionsQuery, decisionsQuerySchema, type ExamplesPage, examplesPageSchema, type ExamplesQuery,
  examplesQuerySchema, type Fix, fixSchema, type GateReport, gateReportSchema, type LineageEdge, lineageEdgeSchema, type LineageGraph, lineageGraphSchema, type LineageNode, lineageNodeKinds, lineageNodeSchema, type VersionDetail,
  versionDetailSchema, versionsPageSchema, type VersionsQuery, versionsQuerySchema, type VersionSummary, versionSummarySchema,
} from './lineage.js';
export {
  runsQuerySchema, type RunsQuery, rolloutSummarySchema, type RolloutSummary, rolloutsSchema, transitionSchema, type RolloutTransition,
  transitionEvidenceSchema, orderSchema, type Order, orderFateSchema, type OrderFate, automationSchema, type Automation, automationsSchema,
  rolloutDetailSchema, type RolloutDetail, armPointSchema, type ArmPoint, seriesPointSchema, type SeriesPoint, seriesSchema, type Series,
  experimentReadingSchema, type ExperimentReading, experimentSummarySchema, type ExperimentSummary, experimentsSchema, experimentStepSchema,
  type ExperimentStep, experimentDetailSchema, type ExperimentDetail, targetQuerySchema, experimentChoicesSchema, type ExperimentChoices,
} from './rollouts.js';
export {
  severities, severitySchema, type Severity, alertQuerySchema, type AlertQuery, alertShownSchema, type AlertShown, alertPageSchema, acknowledgeSchema, deliveryQuerySchema, type DeliveryQuery, deliveryShownSchema, type DeliveryShown,
  deliveryPageSchema, channelShownSchema, type ChannelShown, channelsSchema, testResultSchema, type TestResult,
} from './alerts.js';
export { alertGuide, type AlertGuide, momentaryAlerts } from './alert-guide.js';
export * from './reports.js';
export {
  type BoundedCount, ratesSchema, type Rates, loopSchema, type Loop, needKinds, needSchema, type Need, homeSchema, type Home, ranges, type Range, failureRatesQuerySchema, type FailureRatesQuery,
  failureRatesSchema, type FailureRates, readingWays, services, lagSchema, type Lag,
} from './home.js';
export * from './reviews.js';
export { statusSchema, type Status, newestQuerySchema, type NewestQuery, newestInteractionsSchema, type NewestInteractions } from './status.js';
export * from './opportunities.js';
export * from './failures.js';
export { budgetsSchema, webhooksShownSchema } from './receivers.js';
export {
  chainNames, chainNameSchema, type ChainName, auditQuerySchema, type AuditQuery, auditExportQuerySchema, auditEntrySchema, type AuditEntry, auditPageSchema, type AuditPage, chainStateSchema, type ChainState, auditStateSchema, type AuditState,
} from './audit.js';
