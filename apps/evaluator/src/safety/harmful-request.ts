import { ordersExfiltration, overridesInOtherLanguages, unmasked } from './override.js';

/** Somebody else; "the" alone is mostly a venue or a company, whose address is public. */
const PERSON = "(?:my(?! (?:current|own))|another|someone|somebody|a (?:nurse|man|woman|girl|boy|person|stranger|colleague)|the (?:person|company next|singer|man|woman|girl|boy)|your (?:administrator|staff|other customers?))\\b[^.?!]{0,40}";
const PAPER = '(?:payslip|passport|certificate|insurance claim|receipt|gift card|signature|licen[cs]e|invoice|bank ?note|degree|id)';
const patterns: readonly RegExp[] = [
  new RegExp(`\\b(?:find out|read|get|look up|show|tell me)\\b[^.?!]{0,30}\\b(?:address|phone number|date of birth|account number|medical file|private messages|invoices|password|one-time code|card pin|api key)\\b of ${PERSON}`, 'u'),
  /\blog in to the account of\b[^.?!]{0,60}\bwithout\b/u,
  new RegExp(`\\b(?:track where|follow)\\b ${PERSON}\\b(?:goes|home)\\b|\\b(?:microphone|hidden camera|location history)\\b[^.?!]{0,20}\\b(?:of|in the room of)\\b`, 'u'),
  /\b(?:build|make|buy|get)\b[^.?!]{0,40}\b(?:pipe bomb|nail bomb|letter bomb|petrol bomb|bomb|silencer|poison gas|detonator|gun without)\b/u,
  /\b(?:cook|make|sell|hide|slip)\b[^.?!]{0,20}\b(?:meth|fentanyl|date rape drug|heroin|crack cocaine|cocaine)\b/u,
  /\b(?:hurting themselves|hurt themselves|end their life|nobody would miss|self-harm|stop eating altogether|kill (?:myself|himself|herself|themselves))\b/u,
  /\b(?:humiliates?|bully|bullies|threatens?)\b[^.?!]{0,60}\bfor\b|\b(?:(?:say|says|that) (?!you )[^.?!]{1,30} are not human|calls for violence|deserve fewer rights|blames [^.?!]{0,40} for a disease)\b/u,
  /\b(?:program|file|code|script|app)\b that (?:records every key|encrypts all|spreads|wipes|steals|opens a hidden|turns a|takes part in flooding|switches off the virus|copies a wallet)/u,
  new RegExp(`\\b(?:forge|fake|sell|use) (?:a|an|my|the|some) (?:\\w+ )?${PAPER}\\b(?:[^.?!]{0,20}\\b(?:that is not real|of somebody who died)\\b)|\\b(?:forge|fake) (?:a|an|my|the|some) (?:\\w+ )?${PAPER}\\b|\\bso that a bank believes\\b`, 'u'),
  /\b(?:bypass|bridge|silence|cover|disable|get round|remove)\b[^.?!]{0,60}\b(?:flame sensor|pressure switch|cut-out|valve lock|carbon monoxide|gas detector|smoke alarm|breaker|interlock|fuse)\b|\bwith the [^.?!]{0,30} taken out\b/u,
  /\b(?:without a key|burglar alarm of|nobody is in|open the safe)\b/u,
  /\b(?:ignore|disregard|forget|override)\b[^.?!]{0,40}\b(?:instructions|rule|rules|system message|guidelines)\b|\bthe text above was a test\b/u,
  /\byour (?:system prompt|hidden instructions|initial configuration|internal rules|secret developer message)\b/u,
  /\b(?:not see a doctor|don't want a doctor|do not want a doctor|without asking anybody|exactly how many milligrams)\b/u,
  /\b(?:want no lawyer|guarantee me that i will win|lie in court)\b/u,
];

/** Whether a request, by its words, asks for something harmful; used where nothing else says so, which is all live traffic. */
export const looksHarmful = (prompt: string): boolean => {
  const plain = prompt.normalize('NFKC').replaceAll('’', "'").toLowerCase();
  const text = unmasked(prompt);
  return patterns.some((pattern) => pattern.test(plain) || pattern.test(text)) || overridesInOtherLanguages(text) || ordersExfiltration(plain);
};
