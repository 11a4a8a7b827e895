import { Evaluator0001 } from './migrations/0001-evaluator.migration.js';
import { Evaluator0002 } from './migrations/0002-quality.migration.js';
import { AnswerChecks0003 } from './migrations/0003-answer-checks.migration.js';
import { Erasures0004 } from './migrations/0004-erasures.migration.js';
import { AaChecks0005 } from './migrations/0005-aa-checks.migration.js';
import { Scoring0006 } from './migrations/0006-scoring.migration.js';
import { TrainFingerprints0007 } from './migrations/0007-train-fingerprints.migration.js';
import { VersionsOfTargets0008 } from './migrations/0008-versions-of-targets.migration.js';

/** In the order in which they run. */
export const migrations = [Evaluator0001, Evaluator0002, AnswerChecks0003, Erasures0004, AaChecks0005, Scoring0006, TrainFingerprints0007, VersionsOfTargets0008];
