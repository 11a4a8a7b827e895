import { Teaching0002 } from './0002-teaching.migration.js';
import { FixProposals0004 } from './fix-proposals.migration.js';
import { InitialSchema0001 } from './initial-schema.migration.js';
import { NeedsPerson0005 } from './needs-person.migration.js';
import { ReviewAndDatasets0003 } from './review-and-datasets.migration.js';

/** In the order in which they run. */
export const migrations = [InitialSchema0001, Teaching0002, ReviewAndDatasets0003, FixProposals0004, NeedsPerson0005];
