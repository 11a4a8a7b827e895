// Whether two implementations of the reference job found the same.
import { endsOf, readRange } from '../shared/cluster.mjs';

export const positionAtEnd = (cluster, topic) => endsOf(cluster.admin, topic);

/** What was put out since `from`, one line a record, sorted; a record that came twice is there twice. */
export const findingsSince = async (cluster, { topic, from }) => {
  const lines = [];
  await readRange(cluster, { topic, from, onRecord: ({ value }) => lines.push(value.toString()) });
  return lines.sort();
};

const rulesIn = (lines) => {
  const counts = {};
  for (const line of lines) for (const rule of JSON.parse(line).rules) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
};

/** Compares two sorted lists of lines; `equal` only if there are any, every record is the same to the letter and none is repeated. */
export const compareFindings = (ours, theirs) => {
  const mine = new Set(ours);
  const other = new Set(theirs);
  const onlyOurs = ours.filter((line) => !other.has(line));
  const onlyTheirs = theirs.filter((line) => !mine.has(line));
  const repeated = ours.length - mine.size + (theirs.length - other.size);
  const equal = ours.length > 0 && onlyOurs.length === 0 && onlyTheirs.length === 0 && repeated === 0;
  return { equal, ours: ours.length, theirs: theirs.length, repeated, rules: rulesIn(ours), ...(!equal && { onlyOurs: onlyOurs.slice(0, 3), onlyTheirs: onlyTheirs.slice(0, 3) }) };
};
