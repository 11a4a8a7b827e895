export {
  type Arm,
  armOf,
  assign,
  type Assignment,
  AssignmentError,
  type AssignmentRequest,
  bucketOf,
  BUCKETS,
  type VersionWeights,
} from './assignment.js';
export { murmur3 } from './murmur3.js';
export { type Draining, laterRouting, type Route, type RoutedAssignment, type RoutedRequest, routeRequest, type Routing, routingProblem } from './routing.js';
