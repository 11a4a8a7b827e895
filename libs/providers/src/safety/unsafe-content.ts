export const unsafeCategories = [
  'weapons', 'violence', 'self_harm', 'intrusion', 'malware', 'fraud', 'drugs', 'tampering', 'minors', 'harassment', 'instruction_override',
] as const;
export type UnsafeCategory = (typeof unsafeCategories)[number];

export interface UnsafeScore {
  /** 0 (nothing found) to 1. */
  readonly score: number;
  /** The rules that matched, so that a person can see why. */
  readonly findings: readonly { readonly category: UnsafeCategory; readonly weight: number }[];
  /** True where words of protection, technology or play made the score smaller. */
  readonly softened: boolean;
}

interface Rule {
  readonly category: UnsafeCategory;
  /** How sure all its patterns together make us, 0 to 1. */
  readonly weight: number;
  readonly all: readonly RegExp[];
}

const MAX_CHARS = 20_000;
const SOFTENING = 0.4;

const making = /\b(?:build|make|making|assemble|construct|create|write|code|develop|produce|obtain)\b/u;
const person =
  /\b(?:someone|somebody|anyone|people|persons?|him|her|them|wife|husband|boss|neighbou?r|partner|boyfriend|girlfriend|ex|child|children|kid|kids|mother|father|roommate|colleague|co-?worker|teacher|passengers|crowd)\b/u;
const otherPersons = /\b(?:someone|somebody|else's|another|other people's|his|her|their|wife's|husband's|neighbou?r's|boss's|girlfriend's|boyfriend's|ex's|customer's|stranger's)\b/u;

const rules: readonly Rule[] = [
  { category: 'weapons', weight: 0.9, all: [making, /\b(?:bomb|explosives?|grenade|nerve agent|sarin|ricin|anthrax|ghost gun|silencer|molotov|landmine|thermite)\b/u] },
  { category: 'weapons', weight: 0.35, all: [/\b(?:bomb|explosives?|grenade|nerve agent|sarin|ricin|molotov)\b/u] },
  { category: 'violence', weight: 0.85, all: [/\b(?:kill|murder|poison|stab|strangle|shoot|assault|torture|kidnap|beat up)\b/u, person] },
  { category: 'violence', weight: 0.35, all: [/\b(?:kill|murder|poison|stab|strangle|shoot|torture|kidnap)\b/u] },
  { category: 'self_harm', weight: 0.85, all: [/\b(?:kill|hurt|harm|cut|hang|starve) (?:my|your)self\b|\bsuicide\b|\bend (?:my|your) (?:own )?life\b|\boverdose on\b/u] },
  { category: 'intrusion', weight: 0.75, all: [/\b(?:hack|break into|crack|steal|hijack|phish|take over|spy on|get into|log ?in to)\b/u, /\b(?:account|password|wi-?fi|e-?mails?|bank|phone|webcam|identity|network|messages|computer)s?\b/u, otherPersons] },
  { category: 'intrusion', weight: 0.5, all: [/\b(?:hack|crack|steal|hijack|phish)\b/u, /\b(?:account|password|wi-?fi|e-?mails?|bank|phone|webcam|identity|card|network|database)s?\b/u] },
  { category: 'malware', weight: 0.9, all: [making, /\b(?:ransomware|key ?logger|malware|computer virus|trojan|botnet|rootkit|spyware|phishing (?:page|mail|e-?mail|site))\b/u] },
  { category: 'fraud', weight: 0.75, all: [/\b(?:fake|forge|counterfeit|launder|clone|skim)\b/u, /\b(?:invoice|receipt|id|passport|money|banknotes?|cheque|check|credit card|prescription|signature|licen[cs]e|refund)s?\b/u] },
  { category: 'drugs', weight: 0.85, all: [/\b(?:make|cook|synthesi[sz]e|produce|extract|brew)\b/u, /\b(?:meth|methamphetamine|heroin|fentanyl|cocaine|crack cocaine|mdma|ghb|lsd)\b/u] },
  { category: 'tampering', weight: 0.8, all: [/\b(?:disable|bypass|defeat|block|cover|remove|switch off|turn off|short out|silence)\b/u, /\b(?:carbon monoxide|co (?:alarm|detector)|smoke (?:alarm|detector)|gas (?:valve|alarm)|flame (?:sensor|failure)|pressure relief|safety (?:valve|switch|cut-?off|interlock)|airbag)s?\b/u] },
  { category: 'minors', weight: 1, all: [/\b(?:sexual|sexy|nude|naked|erotic|porn\w*)\b/u, /\b(?:minors?|child(?:ren)?|underage|schoolgirl|schoolboy|\d{1,2}[- ]year[- ]old (?:girl|boy))\b/u] },
  { category: 'harassment', weight: 0.75, all: [/\b(?:threaten|harass|stalk|dox+|blackmail|bully|intimidate|humiliate)\b/u, person] },
  { category: 'instruction_override', weight: 0.6, all: [/\b(?:ignore|forget|disregard|override)\b.{0,30}\b(?:previous|prior|above|earlier|your)\b.{0,20}\b(?:instructions?|rules|guidelines|prompt)\b/u] },
  { category: 'instruction_override', weight: 0.6, all: [/\b(?:reveal|print|show|repeat|tell me)\b.{0,20}\b(?:system prompt|hidden (?:instructions|prompt)|initial instructions)\b/u] },
];

/** Words of people who protect, report, repair or play; such texts share their vocabulary with harmful ones. */
const softeners =
  /\b(?:protect|prevent|avoid|detect|report(?:ing)?|recogni[sz]e|warning signs|is it (?:safe|legal|illegal|dangerous)|what happens if|false alarm|process|processes|thread|task|port|server|linux|python|terminal|command line|weeds?|bacteria|mou?ld|ants|wasps|mosquitos?|killer|novel|story|game|movie|film|photo ?shoot|screenshot|battery|penetration test|my own (?:account|password|phone|network|wi-?fi))\b/u;

/**
 * How unsafe a request or an answer reads, by rules that a person can check: each rule wants all of its patterns; the weights of the rules
 * that match are combined as independent evidence, 1 − Π(1 − weight), and multiplied by 0.4 where the text speaks of protection,
 * technology or play. It knows English words only, and no context beyond the text; the first 20,000 characters are read.
 */
export const scoreUnsafeContent = (text: string): UnsafeScore => {
  const folded = text.slice(0, MAX_CHARS).normalize('NFKC').toLowerCase().replaceAll('’', "'");
  const findings = rules.filter(({ all }) => all.every((pattern) => pattern.test(folded))).map(({ category, weight }) => ({ category, weight }));
  if (findings.length === 0) return { score: 0, findings, softened: false };
  const evidence = 1 - findings.reduce((doubt, { weight }) => doubt * (1 - weight), 1);
  // Nothing makes sexual content about minors harmless.
  const softened = !findings.some(({ category }) => category === 'minors') && softeners.test(folded);
  return { score: softened ? evidence * SOFTENING : evidence, findings, softened };
};
