const WORDS = 3;
const LETTERS_MIN = 3;

const common = new Set(
  ('a about after again all also always am an and any are as ask at be because been before being but by can cannot could did do does doing done for from get give go had has have having he hello help her here hi him his how i if in into is it its ' +
    'just know let like make me more most much my need no not now of off on one only or our out over please possible really say see she should show so some still such tell than thank thanks that the their them then there these they this those to too us ' +
    'use very want was way we were what when where which while who why will with without would yes you your').split(' '),
);

const wordsOf = (text: string): Set<string> => new Set((text.normalize('NFKC').toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => word.length >= LETTERS_MIN && !common.has(word)));

/** The words that most of the requests share, as a person would name the topic: "fees, invoice and refund". */
export const topicOf = (requests: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const request of requests) for (const word of wordsOf(request)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, WORDS).map(([word]) => word).sort();
  if (words.length === 0) return 'requests of this kind';
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
};

/** A section's heading that no other section has. */
export const headingFor = ({ topic, taken }: { readonly topic: string; readonly taken: ReadonlySet<string> }): string => {
  const first = `## How to answer about ${topic}`;
  for (let number = 1; ; number += 1) {
    const heading = number === 1 ? first : `${first} (${number})`;
    if (!taken.has(heading)) return heading;
  }
};
