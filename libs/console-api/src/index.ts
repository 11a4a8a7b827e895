export { roles, roleSchema, type Role, mayAct, callerSchema, type Caller } from './access.js';
export { problemSchema, type Problem } from './problem.js';
export { areas, areaSchema, type Area } from './live.js';
export { commandOrderSchema, type CommandOrder, commandAcceptedSchema, roleForCommand } from './command-order.js';
