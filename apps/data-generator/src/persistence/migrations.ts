import { Teaching0002 } from './0002-teaching.migration.js';
import { ExampleCounts0007 } from './0007-example-counts.migration.js';
import { FixProposals0004 } from './0004-fix-proposals.migration.js';
import { InitialSchema0001 } from './0001-initial-schema.migration.js';
import { NeedsPerson0005 } from './0005-needs-person.migration.js';
import { ReviewAndDatasets0003 } from './0003-review-and-datasets.migration.js';
import { ReviewUndo0006 } from './0006-review-undo.migration.js';

/** In the order in which they run. */
export const migrations = [InitialSchema0001, Teaching0002, ReviewAndDatasets0003, FixProposals0004, NeedsPerson0005, ReviewUndo0006, ExampleCounts0007];
