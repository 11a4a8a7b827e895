/** Longer texts are cut: what is wrong is said early, and a text is read once per pattern. */
const READ_CHARS = 4_000;

/** Typographic apostrophes would hide "can’t" from the patterns below. */
export const plain = (text: string): string => text.slice(0, READ_CHARS).replace(/[\u2018\u2019]/gu, "'").toLowerCase();

const anyOf = (...alternatives: readonly string[]): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'u');

const SPEAKER = "(?:i|we|i'm|we're|i am|we are|as an assistant i)";
const CANNOT = "(?:can't|cannot|can not|can only|won't|will not|would not|wouldn't|(?:am |are |'m |'re )?(?:not |un)(?:able|allowed|permitted|authori[sz]ed|comfortable|going|prepared|in a position|willing)(?: to)?|(?:must|have to|need to) (?:decline|refuse)|(?:would|'d) rather not|refuse to|decline to)";
const TELL =
  "(?:help(?:ing)?|assist|discuss|provide|do that|share|comply|engage|talk|speak|respond|answer|give|create|generate|produce|write|reveal|comment|recommend|advise|explain|describe|disclose|continue|support|display|show|take a (?:position|stance)|say anything|respond to|offer)";

const REFUSING = anyOf(
  `${SPEAKER}\\b[^.!?]{0,60}?${CANNOT}\\b[^.!?]{0,40}?\\b${TELL}`,
  `(?:i|we) (?:don't|do not) (?:discuss|comment|engage|talk|speak|provide|share|offer|give)\\b[^.!?]*`,
  `(?:must|have to) (?:decline|refuse)`,
  `(?:not|nothing)(?: something)? (?:that )?(?:i am|i'm) (?:allowed|permitted|comfortable)[^.!?]*`,
  `(?:against|violates?|prevented by|not allowed by|goes against) (?:my|our|the) [^.!?]{0,20}?(?:policy|policies|guidelines|rules|terms)`,
  `(?:my|our|the) (?:policy|policies|guidelines|rules) (?:prevents?|forbids?|do not allow|does not allow|prohibits?)[^.!?]*`,
  `content policy`,
  `(?:for|due to) (?:safety|security|legal|compliance|privacy) (?:reasons|guidelines|concerns)`,
  `to protect (?:your|their|the user's) privacy`,
  `(?:inappropriate|harmful|offensive|unsafe) (?:request|question|content|topic)`,
  `(?:may|might|could) be (?:offensive|harmful|misused|illegal)`,
  `(?:blocked|filtered)(?: because)?`,
  `(?:requests|questions|topics) (?:about|on|of) [^.!?]{1,30} (?:are|is) not (?:processed|answered|allowed|supported)`,
  `no (?:information|advice|help) (?:can|may) be given`,
  `let's (?:talk about|change) (?:something else|the subject)`,
  `(?:sorry|hard) [^.!?]{0,20}(?:you're feeling|you are feeling|you feel)[^.!?]*`,
  `crisis line`,
  `(?:can|may|might) be (?:abused|misused)`,
  `withheld`,
  `(?:outside|beyond) (?:of )?what (?:is|i'm|i am) (?:permitted|allowed)[^.!?]*`,
  `${SPEAKER} [^.!?]{0,20}(?:be|take) (?:a )?part (?:of|in)`,
  `(?:i|we) have concerns`,
);

/** Words that mean harm in one sense and nothing of it in another: filters stumble over them. */
const DOUBLE_EDGED = anyOf(
  `kill\\w*`, `shoot\\w*`, `shot`, `execut\\w+`, `hack\\w*`, `attack\\w*`, `exploit\\w*`, `weapons?`, `knife|knives`, `guns?`, `bombs?`, `explo\\w+`, `fireworks`, `poison\\w*`, `toxic`, `chemicals?`, `drugs?`, `medicines?`, `medication`, `pills?`,
  `dos(?:e|age)`, `alcohol`, `beer`, `wine`, `smok\\w+`, `blood\\w*`, `bleed\\w*`, `sex\\w*`, `breast`, `nude`, `suicid\\w*`, `dead`, `die[ds]?`, `death`, `assassinat\\w*`, `murder\\w*`, `crim\\w+`, `illegal`, `fraud`, `threat\\w*`, `terminat\\w+`, `abort\\w*`,
  `strip`, `crack\\w*`, `inject\\w*`, `infect\\w*`, `virus`, `strikes?`, `crash\\w*`, `race`, `foreigners?`, `politic\\w*`, `election`, `child(?:ren)?`, `minors?`, `zombies?`, `slaves?`, `master`, `blackmail`, `steal\\w*`, `spy\\w*`,
);
const PREACHING_COMPLAINT = anyOf(`lectur\\w+`, `preach\\w*`, `moral\\w*`, `patroni[sz]\\w+`, `spare me`, `nanny`, `(?:nothing|not|isn't) (?:\\w+ )?(?:illegal|dangerous|harmful|forbidden)`, `harmless`, `over ?cautious`, `overprotective`, `censor\\w*`, `(?:perfectly|totally|completely) (?:legal|normal|safe)`, `refus\\w+`);

const NOT_UNDERSTANDING = anyOf(
  `(?:did not|didn't|do not|don't|could not|couldn't|cannot|can't) (?:quite )?(?:understand|get|catch|follow)(?: (?:that|you|your question))?`,
  `(?:could|can|would) you (?:please )?(?:rephrase|clarify|repeat|say that again)`,
  `please (?:rephrase|choose one of|be more specific|try again)`,
  `not sure (?:what|how|which|i understand)[^.!?]*`,
  `what do you mean`,
);

const NOT_KNOWING = anyOf(
  `(?:i'm|i am|we're|we are) not (?:quite |entirely |really )?(?:sure|certain)`,
  `(?:do not|don't) (?:know|have (?:an answer|the answer))`,
  `(?:could not|couldn't|unable to|cannot|can't) (?:find|answer)`,
);

const LACKING_INFORMATION = anyOf(
  `(?:have|has|had|there is|found) (?:no|not any) (?:information|data|details|record|knowledge)(?: (?:on|about|of|for))?`,
  `(?:do not|don't|does not|doesn't) have (?:any |that |this |enough )?(?:information|data|details|knowledge)(?: (?:on|about|of|for))?`,
  `my (?:information|knowledge|data|training)(?: data)? (?:does not|doesn't|do not|ends|only|stops|is limited)`,
  `(?:i|we) know of no`,
  `not (?:in|part of) my (?:data|knowledge|information)`,
);

const FORMAT_COMPLAINT = anyOf(
  `(?:re)?format(?:ted|ting)?`, `bullets?(?: points?)?`, `(?:as|in|into) (?:a|an|two|three) (?:lists?|tables?|columns?)`, `(?:a|the) table`, `check ?list`,
  `step by step`, `steps?`, `number (?:the|them|it)`, `numbered`, `one (?:by one|at a time|line)`, `all at once`,
  `(?:too|so|very|way) (?:much|long|short|wordy|technical|verbose|complicated|complex|dense|formal|informal|brief)(?: text| blah?)?`, `bla ?bla\\w*`, `rambl\\w+`,
  `wall of text`, `unreadable`, `(?:hard|difficult|impossible) to (?:read|follow|understand)`, `confusing(?:ly)?`, `messy`, `lay ?out`, `line ?breaks?`, `paragraphs?`,
  `json`, `csv`, `xml`, `markdown`, `code (?:block|snippet)`, `copy (?:this|it|that)`, `shorter`, `simpler`, `briefer`, `shorten`, `half (?:that|the|this) (?:length|size)`,
  `(?:plain|simple|simpler|easy|easier|normal|clear|human) (?:words?|english|language|terms|sentences?)`, `summar(?:y|ise|ize)\\w*`, `tl;? ?dr`,
  `(?:don't|do not|didn't|can't|cannot) understand (?:a word|anything|it|this|that|any of)`, `gibberish`, `jargon`, `for robots?`, `(?:i'm|i am) (?:not|no) (?:a |an )?(?:lawyer|doctor|engineer|expert|developer)`,
  `(?:auf deutsch|en fran[cç]ais|en espa[nñ]ol|in (?:english|german|french|spanish|italian))(?: again| please)?`, `said formal`, `tone`, `placeholders?`, `(?:everything|text|it all|itself) (?:twice|doubled)`,
  `(?:just|only) (?:the|a|yes|one) (?:number|answer|link|name|or no|date|word)`, `(?:two|three|one|\\d+) (?:sentences?|lines?|words|characters|chars)`, `(?:character|length|word) limit`,
  `(?:way |far |much )?too (?!late|early|expensive|many|few|old)\\p{L}+`, `to the point`, `harsh`, `rude`, `friendl\\w+`, `polite\\w*`, `overview`, `(?:doesn't|doesnt|does not|don't|dont|didn't|can't|couldn't) (?:get|understand|read|follow) (?:it|this|that)`, `exceeds the limit`,
);

const INVENTION_COMPLAINT = anyOf(
  `ma(?:de|king) (?:\\w+ )?(?:that |it |this |things |stuff |all )?up`, `invent\\w*`, `hallucinat\\w*`, `fabricat\\w*`, `fantasy`, `bogus`, `fake`, `imaginary`,
  `(?:does|do|did)(?:n't| not|nt) (?:even )?exist`, `(?:never|neither \\w+|none of \\w+) (?:existed|exists?)`, `non-?existent`, `no such`, `there (?:is|are|was|were) (?:no|not any)(?! longer)`, `there'?s no(?:t any|ne)?(?! longer)`,
  `there (?:isn't|aren't|wasn't|weren't)(?: any| a)?`, `(?:isn't|is not|aren't|not) (?:even )?real`, `(?:is|are) (?:that|this|it|these) (?:even )?real`, `where did you (?:get|find|read|see)`,
  `never (?:said|mentioned|existed|heard|spoke|wrote|told|agreed)`, `not (?:listed |mentioned |found |anywhere )?(?:in|on) (?:the|your|my|our) (?:\\w+ )?(?:manual|page|site|docs?|documentation|list|system|notes|text|lease|contract|policy|report|menu)`,
  `(?:isn't|wasn't|aren't|is not|was not) (?:listed |mentioned )?in (?:the|your|my|our) \\w+`, `(?:can't|cannot|cant|couldn't|could not) find (?:it|this|that|any|the|such|\\w+ paper)`, `nowhere`,
  `404`, `(?:just )?guess(?:ed|ing)?`, `no ?(?:one|body) (?:of|by|called|named|with)`, `(?:says?|said|contains?|mentions?) (?:nothing|no such)`, `not what (?:the|my|our) \\w+ says?`,
  `(?:don't|do not|doesn't|does not) see (?:any|a|that|this)`, `(?:has|have|had) (?:no|never had)`, `(?:don't|do not|doesn't|does not) (?:even )?have (?:a|an|any|one)`, `no (?:source|record|trace)`, `unknown (?:option|command|flag|setting|parameter)`, `how (?:would|could|do) you know`,
);

const FACT_COMPLAINT = anyOf(
  `wrong (?:price|date|number|amount|year|time|name|fact|figure|information|info|address|hours|fee)`, `(?:that|it|this)(?:'s| is|s) wrong`, `(?:in|not )correct`, `inaccurate`, `out ?dated`, `out of date`, `not up to date`, `obsolete`,
  `not (?:true|accurate|right)(?: any ?more)?`, `(?:isn't|aren't|is not) (?:true|correct|right)`, `no longer`, `(?:not|no \\w+|don't|doesn't) any ?more`, `not any ?more`, `any ?more`, `(?:the )?old (?:one|price|number|address|adress|info|version|rules?|terms)`, `(?:thats|that's|is) old`,
  `(?:has|have|had|was|were|been|got|is) (?:since )?(?:changed|moved|replaced|cut|raised|increased|lowered|stopped|closed|discontinued|banned|renamed|abolished|extended)`, `(?:rules?|law|price|terms|number|address) changed`, `they (?:moved|changed|closed|stopped|banned)`, `used to be`,
  `since (?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|monday|last|the|\\d)`, `last (?:month|year|week)`, `left last`, `retired`,
  `(?:it'?s|is|are|was) (?:now|already|actually|in fact)`, `now(?=$|[.!,])`, `are you sure`, `which (?:one )?is (?:right|true|correct)`, `what'?s true`,
  `(?:web ?site|letter|leaflet|shop|counter|invoice|contract|voucher|home ?page|terms|colleague|desk|mine|app|support) (?:i got )?(?:says?|said|confirmed|told)`, `according to`, `(?:was|were|been) told`, `(?:did|done|used|bought|paid) (?:it|that|this|one) (?:yesterday|today|before|last|just)\\w*`, `please (?:fix|update|correct)`, `(?:should|ought to) know`, `fix your info`,
);

const INTENT_COMPLAINT = anyOf(
  `not what i (?:asked|meant|wanted|need(?:ed)?|said)`, `(?:did not|didn't|didnt|does not|doesn't|doesnt|do not|don't|dont) (?:answer|ask|mean|want|address)`, `(?:i|i'm|im) (?:just |only |actually )?(?:asked|asking|meant|mean|wanted|want|needed)`,
  `wrong (?:topic|question|thing|subject|dep\\w*|section)`, `misunderst\\w+`, `misread`, `(?:not|isn't|isnt|wasn't) (?:it|my question)`, `something else`, `else entirely`, `opposite`, `(?:talk\\w*|speak\\w*) past`, `unrelated`, `irrelevant`, `off topic`, `my question`, `the question`,
  `i (?:already )?know (?:what|how|when|where|that|it)`, `read (?:before|my|the|what)`, `nothing to do with`, `keeps? (?:telling|saying|asking|giving)`, `not (?:a|an|the|about|for|to)`, `(?:answered|replied|told me) (?:something|a different|another)`,
);

const FORM_REQUESTED = anyOf(
  `(?:in|as|into|make|make it|give me|show) (?:a |an )?(?:table|list|bullets?|bullet points|check ?list|json|csv|xml|yaml|markdown|steps)`, `bullet(?:s| points?)?`, `table`, `json`, `csv`, `yaml`, `check ?list`, `steps? (?:to|for)`, `list (?:my|the|all|of)`, `step by step`, `numbered`,
  `summar(?:y|ise|ize)`, `short(?:ly|er)?`, `brief(?:ly)?`, `formal(?:ly)?`, `(?:in|with) (?:one|two|three|four|five|\\d+) (?:lines?|sentences?|words?|bullet)\\w*`, `(?:just|only) (?:the|yes|a|one|give)`, `(?:give|send) me (?:just|only)`, `iban only`, `like (?:i'?m|i am|im)`,
  `(?:easy|plain|simple) (?:language|words|english|terms)`, `sorted(?: by)?`, `(?:one|slowly one) at a time`, `\\d+ (?:chars|characters|words)`, `dd[.\\-/]mm\\S*`, `(?:answer|reply|explain)\\b[^.?!]{0,20} in (?:english|german|french|spanish|italian|one)`, `auf deutsch`, `en espa[nñ]ol`,
  `(?:friendly|polite|casual|professional) (?:tone|reply|words)?`, `so (?:that )?[^.?!]{1,30} (?:gets?|understands?) it`, `screen reader`,
);

const SPECIFICS =
  /https?:\/\/|\bwww\.|\S@\S+\.\w|\b(?:section|paragraph|page|chapter|clause|table|annex) \d|\(\d{4}\)|\bisbn\b|\bstudy (?:by|of)\b|\b\p{L}{1,4}-\d{2,}|\bv?\d+\.\d+\.\d+\b|#\d{3,}|\b(?:dr|prof|ms|mr|mrs)\. \p{Lu}|--\p{L}/iu;

const UNSUPPORTED = anyOf(`not (?:supported|mentioned|found|stated|given|contained|in the (?:context|source))\\w*`, `unsupported`, `no (?:source|basis|evidence|support)`, `cannot be verified`, `(?:fabricat|invent|hallucinat)\\w*`, `does not (?:mention|contain|say|support)`);
const CONTRADICTED = anyOf(`contradict\\w*`, `out ?dated`, `differs? from`, `instead of`, `while the (?:context|source) says`, `wrong (?:value|number|date|figure)`);

export const repliesNotUnderstanding = (response: string): boolean => NOT_UNDERSTANDING.test(plain(response));
export const repliesLackingInformation = (response: string): boolean => LACKING_INFORMATION.test(plain(response));
/** A reply that gives no answer: it does not know, did not understand, or has no information. */
export const repliesNotKnowing = (response: string): boolean => NOT_KNOWING.test(plain(response)) || repliesNotUnderstanding(response) || repliesLackingInformation(response);
export const repliesRefusing = (response: string): boolean => REFUSING.test(plain(response)) && !repliesLackingInformation(response);
/** A reply with names, numbers or places that can be looked up, and so can be invented. */
export const namesSpecifics = (response: string): boolean => SPECIFICS.test(response.slice(0, READ_CHARS));
export const asksForForm = (query: string): boolean => FORM_REQUESTED.test(plain(query));
/** What a judge's explanation of a low factuality score says: the reply goes beyond its sources, or against them. */
export const explanationKind = (explanation: string): 'unsupported' | 'contradicted' | undefined => {
  const text = plain(explanation);
  if (UNSUPPORTED.test(text)) return 'unsupported';
  return CONTRADICTED.test(text) ? 'contradicted' : undefined;
};

export const touchesDoubleEdgedWord = (query: string): boolean => DOUBLE_EDGED.test(plain(query));

export type Complaint = 'format' | 'invention' | 'fact' | 'intent' | 'preaching';

const complaints: readonly (readonly [Complaint, RegExp])[] = [
  ['format', FORMAT_COMPLAINT],
  ['invention', INVENTION_COMPLAINT],
  ['fact', FACT_COMPLAINT],
  ['intent', INTENT_COMPLAINT],
  ['preaching', PREACHING_COMPLAINT],
];

/** What a user's words complain of; several are possible. */
export const complaintsIn = (said: string): Complaint[] => {
  const text = plain(said);
  return complaints.filter(([, pattern]) => pattern.test(text)).map(([complaint]) => complaint);
};

/** Whether a correction says that something the reply named does not exist, rather than what holds instead. */
export const deniesExistence = (correction: string): boolean => INVENTION_COMPLAINT.test(plain(correction));
