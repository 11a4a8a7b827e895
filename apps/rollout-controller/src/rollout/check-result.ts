import type { EvidenceRecord } from '@ratchet/domain';

type TestRow = EvidenceRecord['tests'][number];

/** `harm` and `proven` are supported by the evidence; `open` says neither; `broken` is a split that cannot be trusted. */
export type CheckVerdict = 'harm' | 'proven' | 'open' | 'broken' | 'ok';

export interface CheckResult extends TestRow {
  readonly verdict: CheckVerdict;
  readonly message: string;
}
