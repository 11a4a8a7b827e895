/** At most `max` of the items, spread evenly; the first and the last are among them. */
export const sampled = <Item>(items: readonly Item[], max: number): Item[] =>
  items.length <= max ? [...items] : Array.from({ length: max }, (_, place) => items[Math.round((place * (items.length - 1)) / (max - 1))] as Item);
