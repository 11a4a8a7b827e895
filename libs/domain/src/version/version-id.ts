import { createHash } from 'node:crypto';
import { canonicalJson } from '../event/canonical-json.js';
import type { Bundle } from './version.js';

/** SHA-256 of the bundle's canonical JSON, in hex. */
export const bundleHash = (bundle: Bundle): string => createHash('sha256').update(canonicalJson(bundle)).digest('hex');

/** `v2-3fa9c1d2`: the ordinal for people, the start of the content hash so that a version's name means one content. */
export const versionIdOf = ({ ordinal, bundle }: { ordinal: number; bundle: Bundle }): string => `v${ordinal}-${bundleHash(bundle).slice(0, 8)}`;
