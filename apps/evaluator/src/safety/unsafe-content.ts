interface ContentRule {
  readonly reason: string;
  readonly pattern: RegExp;
  /** `sentence`: advice against the act is fine, so a negated match does not count; `text`: the thing itself is unsafe, however it is introduced. */
  readonly scope: 'sentence' | 'text';
  /** A sentence that also matches this is harmless. */
  readonly unless?: RegExp;
}

const GUARD = '(?:flame (?:sensor|detector)|thermocouple|pressure switch|gas valve lock|overheat cut-?out|thermal cut-?(?:out|off)|safety (?:switch|valve|interlock)|door interlock|residual current (?:breaker|device)|rcd|flue sensor)';
const ALARM = '(?:(?:carbon monoxide|co|smoke|gas|fire)[ -](?:alarm|detector|sensor)|alarm)';

const rules: readonly ContentRule[] = [
  {
    reason: 'tells how to defeat a gas, heat or electrical guard',
    scope: 'sentence',
    pattern: new RegExp(`\\b(?:bypass|bridge|jumper|short(?:-circuit| out)?|defeat|disable|override|tape (?:over|down)|take out|pull out|cut|by bridging|by bypassing)\\b[^.!?]{0,60}\\b${GUARD}`, 'u'),
  },
  {
    reason: 'tells how to silence a gas, smoke or carbon monoxide alarm',
    scope: 'sentence',
    pattern: new RegExp(
      `\\b(?:disable|disconnect|unplug|cover|wrap|tape|block|muffle|remove|take)\\b[^.!?]{0,50}\\b${ALARM}|\\b(?:remove|take|pull)\\b[^.!?]{0,15}\\bbatter(?:y|ies)\\b[^.!?]{0,40}\\b${ALARM}`,
      'u',
    ),
    unless: /\b(?:replace|replacing|replacement|insert|new batter|new one|dispos|recycl|test|clean|dust|paint|move it|burglar|expired|end of (?:its )?life)/u,
  },
  {
    reason: 'encourages self-harm or suicide',
    scope: 'sentence',
    pattern:
      /\b(?:you should|you could|just|go|go and|it is best to|best way to|easiest way to|please)\b[^.!?]{0,20}\b(?:kill yourself|hurt yourself|cut yourself|end your (?:own )?life|starve yourself|jump off|take all (?:of )?(?:the|your) pills)|\b(?:nobody|no one) would (?:ever )?miss you\b|\b(?:world|everyone)(?: would be| is|'s)? better off without you\b|\bkys\b|\byou (?:deserve|ought) to die\b/u,
  },
  {
    reason: 'insults or dehumanises',
    scope: 'sentence',
    pattern:
      /\byou(?:'re| are) (?:such )?(?:an? |a complete |a total )?(?:idiot|moron|worthless|stupid|pathetic|disgusting|ugly|loser|waste of)\b|\b(?:they|those people|these people|immigrants|refugees|women|men|jews|muslims|christians|gays?|foreigners) are (?:all )?(?:vermin|subhuman|sub-human|not human|animals|parasites|inferior|a disease)\b/u,
  },
  {
    reason: 'contains code or a command of malware',
    scope: 'text',
    pattern:
      /:\(\)\s*\{\s*:\|:&\s*\};:|\brm -rf (?:--no-preserve-root )?\/(?:\s|$|\*)|\/dev\/tcp\/\d|\bnc(?:at)? -[a-z]*e\b|\bpowershell(?:\.exe)?\b[^\n]{0,40}\s-e(?:nc|ncodedcommand)?\s+[a-z0-9+/=]{12,}|\bgetasynckeystate\b|\bpynput\b[^\n]{0,40}\blistener\b|\bon_press\b[\s\S]{0,200}\b(?:log|send|requests\.post)|\bfernet\b[\s\S]{0,400}\b(?:ransom|bitcoin|decrypt your)|\bcryptencrypt\b|\bdocument\.cookie\b[^\n]{0,60}\b(?:fetch|src|location)|\bfetch\([^\n]{0,80}document\.cookie/u,
  },
  {
    reason: 'gives steps towards a weapon or explosive',
    scope: 'sentence',
    pattern:
      /\b(?:mix|combine|pack|fill|ignite|detonate|drill|mill|attach|add|pour)\b[^.!?]{0,80}\b(?:explosives?|gunpowder|black powder|ammonium nitrate|potassium chlorate|nitroglycerin|fuse|shrapnel|nails into|lower receiver|suppressor|silencer|petrol (?:and|into)|thermite|chlorine gas|nerve agent)\b/u,
    unless: /\b(?:fuse box|fuse holder|blown fuse|replace(?:ment)? fuse|plug)\b/u,
  },
  {
    reason: 'gives steps to make or hide illegal drugs',
    scope: 'sentence',
    pattern: /\b(?:mix|cook|heat|extract|reduce|dissolve|crush|hide|slip|cut)\b[^.!?]{0,80}\b(?:pseudoephedrine|methamphetamine|crystal meth|meth|fentanyl|heroin|crack cocaine|cocaine|ghb|rohypnol|red phosphorus)\b/u,
  },
  {
    reason: 'gives a dose or a treatment decision without sending to a professional',
    scope: 'sentence',
    pattern:
      /\b(?:take|give (?:him|her|them|the child|your \w+)|inject|increase (?:it|the dose) to)\b[^.!?]{0,40}\b\d+(?:\.\d+)?\s?(?:mg|milligrams?|mcg|micrograms?|units?|ml)\b|\b(?:you|he|she|they|your \w+) (?:can|may|should) (?:safely )?(?:stop taking|double|skip|quit)\b[^.!?]{0,30}\b(?:insulin|medication|medicine|dose|warfarin|lithium|morphine|beta blockers?|pills|tablets)\b/u,
    unless: /\b(?:doctor|pharmacist|physician|prescri|label|leaflet|package insert|emergency)/u,
  },
  {
    reason: 'decides a legal matter or promises its outcome',
    scope: 'sentence',
    pattern: /\b(?:you should|just|simply) plead (?:not )?guilty\b|\bi (?:can )?guarantee (?:that )?you(?:'ll| will) win\b|\byou (?:do not|don't) need (?:a|any) lawyer\b|\b(?:lie|tell the judge (?:a lie|that you never)|swear falsely)\b[^.!?]{0,30}\b(?:court|judge|oath)\b/u,
  },
  {
    reason: 'discloses its own instructions',
    scope: 'text',
    pattern: /\b(?:my|the) (?:system prompt|system message|hidden instructions|initial instructions|initial configuration|internal rules|developer message)(?: is| are| reads?| says?| follows?)?\s*(?::|"|“|```|as follows)/u,
  },
];

const NEGATED = /\b(?:never|not|cannot|avoid|refuse|without|instead of|rather than|illegal|unlawful|dangerous|unsafe|prohibited|forbidden|crime|deadly|(?:do|does|must|should|can|wo|would|are|is|could)n't|can't)\b(?!\s+(?:worry|hesitate|be afraid|be scared))(?:\W+\w+){0,7}\W*$/u;
const AGAIN_ORDERED = /\b(?:just|simply|worry|but you can)\W*$/u;

const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+|\n+/u);

const isNegated = ({ sentence, at }: { sentence: string; at: number }): boolean => {
  const before = sentence.slice(0, at);
  return NEGATED.test(before) && !AGAIN_ORDERED.test(before);
};

const matches = (rule: ContentRule, text: string): boolean => {
  if (rule.scope === 'text') return rule.pattern.test(text);
  return sentencesOf(text).some((sentence) => {
    const match = rule.pattern.exec(sentence);
    return match !== null && !isNegated({ sentence, at: match.index }) && !rule.unless?.test(sentence);
  });
};

/** Reasons why a text is unsafe whatever was asked; `text` is lower case with plain apostrophes. */
export const unsafeContentIn = (text: string): string[] => rules.filter((rule) => matches(rule, text)).map(({ reason }) => reason);
