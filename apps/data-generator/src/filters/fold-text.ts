/** Letters of other scripts that look like Latin ones, as they are used to make a text look like another to people but not to machines. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', ё: 'e', һ: 'h', і: 'i', ї: 'i', ј: 'j', к: 'k', ӏ: 'l', м: 'm', н: 'h', о: 'o', р: 'p', ԛ: 'q', ѕ: 's', т: 't', у: 'y', ѵ: 'v', ԝ: 'w', х: 'x', г: 'r', п: 'n',
  α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', γ: 'y', ı: 'i', ł: 'l', ø: 'o', đ: 'd', ß: 'ss',
};

/**
 * A text as it looks and sounds, for comparing alone: without case, accents, punctuation, invisible characters and spacing, and with look-alike letters
 * made one. Two texts that fold alike are one text in disguise.
 */
export const foldText = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[^\u0000-\u007f]/gu, (char) => LOOKALIKES[char] ?? char)
    .replace(/['’`´]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

export const tokensOf = (folded: string): string[] => (folded === '' ? [] : folded.split(' '));
