/** A guard of the family: what it sees at an error rate, and its part of the whole. */
export interface FamilyMember<Row> {
  readonly weight: number;
  readonly look: (alpha: number) => readonly Row[];
}

const sumOf = <Row>(members: readonly FamilyMember<Row>[]): number => members.reduce((sum, { weight }) => sum + weight, 0);

/**
 * Several tests of harm with one chance `alpha` that any of them is wrong, under any dependence: Holm's step-down procedure with
 * weights. Each member is tested at its part of alpha; the parts of those that show harm go to the others, until no more do.
 * With members that hold at any time the whole does. Rows come in the order of the members, each at the level it ended with.
 *
 * Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
 */
export const holmFamily = <Row extends { readonly verdict: string }>(members: readonly FamilyMember<Row>[], alpha: number): readonly Row[] => {
  const rows = new Map<FamilyMember<Row>, readonly Row[]>();
  let open = members;
  for (;;) {
    const total = sumOf(open);
    for (const member of open) rows.set(member, member.look((alpha * member.weight) / total));
    const left = open.filter((member) => !rows.get(member)?.some(({ verdict }) => verdict === 'harm'));
    if (left.length === open.length || left.length === 0) return members.flatMap((member) => rows.get(member) ?? []);
    open = left;
  }
};
