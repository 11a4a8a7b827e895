import { ClustersOverTime0002 } from './0002-clusters-over-time.migration.js';
import { Diagnosis0003 } from './0003-diagnosis.migration.js';
import { Erasures0005 } from './0005-erasures.migration.js';
import { JudgeSpending0006 } from './0006-judge-spending.migration.js';
import { InitialSchema0001 } from './0001-initial-schema.migration.js';
import { Map0007 } from './0007-map.migration.js';
import { Strategies0004 } from './0004-strategies.migration.js';

/** In the order in which they run. */
export const migrations = [InitialSchema0001, ClustersOverTime0002, Diagnosis0003, Strategies0004, Erasures0005, JudgeSpending0006, Map0007];
