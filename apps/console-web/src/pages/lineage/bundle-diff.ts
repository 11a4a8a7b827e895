import type { VersionDetail } from '@ratchet/console-api';

type Bundle = VersionDetail['bundle'];

export interface BundleChange {
  readonly part: string;
  /** Empty where the base has no such part. */
  readonly before: string;
  readonly after: string;
}

const partsOf = ({ provider, systemPrompt, knowledge, retrieval, safety, selfCritique, price }: Bundle): Map<string, string> => {
  const parts: [string, string | undefined][] = [
    ['Provider', provider.name],
    ['Model at the provider', provider.model],
    ['System prompt', systemPrompt],
    ['Retrieval', retrieval && `top ${retrieval.topK}, score at least ${retrieval.minScore}`],
    ['Safety threshold', safety && String(safety.threshold)],
    ['Self-critique', selfCritique && JSON.stringify(selfCritique)],
    ['Price', price && `${price.inputUsdPerMillionTokens} / ${price.outputUsdPerMillionTokens} USD per million tokens in / out`],
    ...(knowledge ?? []).map(({ entryId, title, text }): [string, string] => [`Knowledge ${entryId}`, `${title}\n${text}`]),
  ];
  return new Map(parts.filter((part): part is [string, string] => part[1] !== undefined));
};

/** What a version's bundle has, part by part, in the order in which it is read. */
export const bundleParts = (bundle: Bundle): [string, string][] => [...partsOf(bundle)];

/** The parts in which a bundle differs from its base's. */
export const bundleChanges = (before: Bundle, after: Bundle): BundleChange[] => {
  const [old, now] = [partsOf(before), partsOf(after)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((part) => {
    const change = { part, before: old.get(part) ?? '', after: now.get(part) ?? '' };
    return change.before === change.after ? [] : [change];
  });
};
