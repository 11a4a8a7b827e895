import { defineService } from '@ratchet/contracts';
import {
<<<<<<< HEAD
  budgetChanged, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, fixProposed, opportunityClosed, reviewChanged, rolloutAdvanced,
=======
  alertRaised, alertResolved, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, fixProposed, opportunityClosed, reviewChanged, rolloutAdvanced,
>>>>>>> 9227e0f (Triggers are looked at when data comes, tell noise from degradation, wait longer after failures, have settings a workload, and heed a hold; a start shows what each saw, and a command that starts nothing says why)
  trainingFailed, trainingStarted, versionPromoted,
  versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'trainer-dispatcher',
  consumes: [commandIssued, examplesAdded, datasetVersioned, vitalsCounted, candidateJudged, rolloutAdvanced, versionPromoted, versionRolledBack, erasureCompleted, reviewChanged, fixProposed, opportunityClosed],
<<<<<<< HEAD
  produces: [trainingStarted, trainingFailed, candidateRegistered, versionPublished, budgetChanged],
=======
  produces: [trainingStarted, trainingFailed, candidateRegistered, versionPublished, alertRaised, alertResolved],
>>>>>>> 9227e0f (Triggers are looked at when data comes, tell noise from degradation, wait longer after failures, have settings a workload, and heed a hold; a start shows what each saw, and a command that starts nothing says why)
});
