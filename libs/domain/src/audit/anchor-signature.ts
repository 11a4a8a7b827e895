import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { canonicalJson } from '../event/canonical-json.js';
import type { AuditAnchored } from './audit.js';

/** What is signed begins with the name of what it is, so that no signature of anything else can stand for it. */
const signedBytes = ({ cycles, decisions, anchoredAt }: Omit<AuditAnchored, 'signature'>): Buffer => Buffer.from(`ratchet.audit.anchored\n${canonicalJson({ cycles, decisions, anchoredAt })}`);

/** Ed25519 over the anchor, as base64. */
export const signAnchor = (anchor: Omit<AuditAnchored, 'signature'>, privateKey: KeyObject): string => sign(null, signedBytes(anchor), privateKey).toString('base64');

/** Whether one of the keys has signed the anchor; there are several where the key was changed once. */
export const isSignedBy = ({ signature, ...anchor }: AuditAnchored, publicKeys: readonly KeyObject[]): boolean =>
  signature !== undefined && publicKeys.some((key) => verify(null, signedBytes(anchor), key, Buffer.from(signature, 'base64')));
