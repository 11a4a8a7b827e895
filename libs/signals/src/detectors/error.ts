import type { Interaction, Signal } from '@ratchet/domain';
import { quoted, signal } from './detector.js';

/** The request failed, or another version had to answer: both are failures of the version that was to answer. */
export const detectError = ({ error, output, assignment, version }: Interaction): Signal | undefined => {
  if (error !== undefined) return signal('error', 1, { type: quoted(error.type), message: quoted(error.message) });
  if (output === null) return signal('error', 1, { type: 'no_output' });
  return assignment?.fellBack === true ? signal('error', 1, { type: 'fell_back', assignedVersion: assignment.version, answeredBy: version }) : undefined;
};
