/**
 * Content that no example may teach, as plain patterns: better one good example too few. The safety gate judges the trained model itself; this
 * only keeps the crudest out of the data.
 */
const UNSAFE =
  /\b(?:kill (?:yourself|him|her|them)|(?:how to|ways to) (?:kill|poison|stab|strangle) (?:a |some)?(?:person|people|someone|somebody|myself)|(?:build|make|making) (?:a |an )?(?:pipe )?bomb|(?:cook|make|synthesi[sz]e) (?:meth|methamphetamine|nerve agent)|child porn\w*|(?:steal|stealing|phish) (?:\w+ )?(?:passwords?|credit cards?|identit(?:y|ies))|(?:write|create|spread) (?:a |an |some )?(?:ransomware|keylogger|malware|computer virus)|(?:bypass|disable|tape over|cover) (?:the |a |your |my )?(?:carbon monoxide|co|smoke|gas) (?:alarm|detector|sensor|safety valve))\b/iu;

export const holdsUnsafeContent = (text: string): boolean => UNSAFE.test(text);
