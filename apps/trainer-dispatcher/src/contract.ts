import { defineService } from '@ratchet/contracts';
import {
<<<<<<< HEAD
  candidateJudged, candidateRegistered, commandIssued, datasetVersioned, erasureCompleted, examplesAdded, reviewChanged, rolloutAdvanced, trainingFailed, trainingStarted, versionPromoted,
=======
  candidateJudged, candidateRegistered, commandIssued, datasetVersioned, examplesAdded, fixProposed, opportunityClosed, rolloutAdvanced, trainingFailed, trainingStarted, versionPromoted,
>>>>>>> 4f691fe (Trainer dispatcher: a proposed fix waits for its target's cycle and becomes a candidate of the version that serves)
  versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';

export const contract = defineService({
  service: 'trainer-dispatcher',
<<<<<<< HEAD
  consumes: [commandIssued, examplesAdded, datasetVersioned, vitalsCounted, candidateJudged, rolloutAdvanced, versionPromoted, versionRolledBack, erasureCompleted, reviewChanged],
=======
  consumes: [commandIssued, examplesAdded, datasetVersioned, fixProposed, opportunityClosed, vitalsCounted, candidateJudged, rolloutAdvanced, versionPromoted, versionRolledBack],
>>>>>>> 4f691fe (Trainer dispatcher: a proposed fix waits for its target's cycle and becomes a candidate of the version that serves)
  produces: [trainingStarted, trainingFailed, candidateRegistered, versionPublished],
});
