import { ClustersOverTime0002 } from './clusters-over-time.migration.js';
import { Diagnosis0003 } from './diagnosis.migration.js';
import { Erasures0005 } from './erasures.migration.js';
import { InitialSchema0001 } from './initial-schema.migration.js';
import { Strategies0004 } from './strategies.migration.js';

/** In the order in which they run. */
export const migrations = [InitialSchema0001, ClustersOverTime0002, Diagnosis0003, Strategies0004, Erasures0005];
