/** English phrases by what they show, in lower case without apostrophes. Other languages: the same lists under another file. */
export type CueName =
  // in a user's message
  | 'no_first' | 'negation' | 'correction' | 'rewording' | 'another' | 'retry' | 'apology' | 'complaint' | 'dislike' | 'confusion' | 'escalation' | 'give_up'
  | 'thanks' | 'praise' | 'yes_first' | 'goodbye' | 'doubt'
  // in a reply
  | 'failed' | 'does_not_know' | 'asks_repeat' | 'asks_confirm' | 'offers' | 'success' | 'thanked' | 'asks_detail';

export interface CueList {
  readonly cue: CueName;
  readonly phrases: readonly string[];
  /** `first`: counts only where the message begins with it. */
  readonly position?: 'first';
}

const list = (text: string): string[] => text.split(',').map((phrase) => phrase.trim().replace(/\s+/gu, ' ')).filter((phrase) => phrase !== '');

const people = list('human, human being, person, real person, live person, actual person, agent, live agent, human agent, representative, rep, manager, supervisor, operator, advisor, adviser, staff member, member of staff, human operator, customer service, customer support, support agent, someone');
const ways = list('talk to, speak to, speak with, talk with, chat with, connect me to, connect me with, transfer me to, put me through to, get me, give me, hand me over to, escalate to, pass me to');
const reach = ways.flatMap((way) => people.flatMap((who) => (who === 'someone' && /^(get|give)/u.test(way) ? [] : ['', 'a ', 'an ', 'the ', 'your ', 'some '].map((article) => `${way} ${article}${who}`))));

export const userCues: readonly CueList[] = [
  { cue: 'no_first', position: 'first', phrases: list('no, nope, nah, not, nooo, noo, negative, wrong, incorrect, dont, thats not, that is not, thats wrong, none of') },
  { cue: 'negation', phrases: list('no, not, dont, doesnt, didnt, cant, cannot, wont, isnt, arent, wasnt, never, nothing, none, neither, nor, havent, hasnt, couldnt, wouldnt, shouldnt, without') },
  {
    cue: 'correction',
    phrases: list(`i meant, i mean, not what i asked, not what i meant, not what i wanted, not what i said, not what i need, not what i am asking, not what im asking, isnt what i asked,
      isnt what i meant, didnt ask for, didnt ask about, did not ask, i never asked, i said, i asked for, i asked about, i asked you, i was asking, my question was, my question is, thats wrong, that is wrong,
      thats incorrect, that is incorrect, thats not right, that is not right, thats not correct, that is not correct, not true, you misunderstood, you misunderstand, you got it wrong, you are wrong, youre wrong,
      wrong answer, wrong one, read my question, doesnt answer, does not answer, didnt answer, did not answer, you have it wrong, its actually, it is actually, no its, no it is, not the one, should be, supposed to be, no i`),
  },
  { cue: 'rewording', phrases: list('actually, instead, rather, change, make it, make that, let me rephrase, in other words, to be clear, wait, on second thought, correct that, not that, just') },
  { cue: 'another', phrases: list('another, other, others, else, different, any other, something else, anything else, how about, what about, alternative, other options') },
  { cue: 'retry', phrases: list('again, still, once more, try again, try that again, are you sure, you sure, double check, check again, i already, already told, already said, already tried, as i said, like i said, one more time, for the second time, for the third time, keep saying, keep telling, keep getting, really') },
  { cue: 'apology', phrases: list('sorry, apologies, i apologize, my bad, my mistake, pardon me') },
  {
    cue: 'complaint',
    phrases: list(`useless, terrible, horrible, awful, ridiculous, frustrating, frustrated, annoying, annoyed, waste of time, wasting my time, bad, worst, worse, stupid, dumb, nonsense, rubbish, pathetic, disappointed, disappointing,
      unacceptable, not helpful, unhelpful, no help, not helping, doesnt help, does not help, didnt help, did not help, isnt helping, not useful, doesnt work, does not work, didnt work, did not work, not working, isnt working,
      makes no sense, doesnt make sense, does not make sense, wrong, incorrect, fed up, complaint, complain, too bad, shame, problem, impossible, cant believe, unbelievable, angry, upset`),
  },
  { cue: 'dislike', phrases: list('dont like, do not like, didnt like, did not like, dont want, do not want, not interested, not a fan, not into, hate, hated, boring, dislike, too expensive, too far, too late, too early, not really, dont care, do not care, dont think so, not my, not for me, dont need, do not need, doesnt sound') },
  { cue: 'confusion', phrases: list('what do you mean, i dont understand, i do not understand, dont get it, do not get it, huh, confused, confusing, you didnt answer, not following, pardon, excuse me, come again, what are you talking about, what does that mean, that makes no sense, not clear, unclear, im lost, what was that') },
  { cue: 'doubt', phrases: list('i dont know, i do not know, dont know, not sure, unsure, no idea, i guess, dont remember, cant remember, never heard, havent seen, have not seen, havent heard, never seen, cant think') },
  {
    cue: 'escalation',
    phrases: [...reach, ...list(`a real person, real human, an actual person, actual human, real person please, human please, agent please, representative please, operator please, live chat please, file a complaint, make a complaint, want a human, need a human, want a person, want an agent, need an agent,
      want a manager, need a manager, want a real person, need a real person, is there a human, is there a person, are you a robot, are you a bot, call me back, stop this bot, no more bots, your supervisor, your manager`)],
  },
  { cue: 'give_up', phrases: list('never mind, nevermind, nvm, forget it, forget about it, not now, not right now, i give up, give up, leave it, dont bother, ill do it myself, ill figure it out, ill try elsewhere, ill look elsewhere, pointless, cancel that, skip it, some other time, maybe later, another time, waste of my time') },
  { cue: 'thanks', phrases: list('thanks, thank you, thank u, thankyou, thx, ty, cheers, appreciate, appreciated, grateful') },
  { cue: 'praise', phrases: list('great, perfect, awesome, nice, cool, excellent, wonderful, amazing, that works, sounds good, sounds great, lovely, love, loved, helpful, exactly, fantastic, brilliant, good, fine, thats good, good job, well done, works for me, thats right, thats correct, that helps, that helped, solved, it worked, works now, got it, makes sense, enjoy, interesting, liked') },
  { cue: 'yes_first', position: 'first', phrases: list('yes, yeah, yep, yup, yea, ok, okay, sure, alright, right, correct, absolutely, of course, definitely, please, sounds good, that works, got it, go ahead') },
  { cue: 'goodbye', phrases: list('bye, goodbye, see you, thats all, that is all, thats it, that is it, thatll be all, that will be all, that will do, have a good, have a great, have a nice, nothing else, im good, im all set, all set, im done, good night, take care, all i need, all i needed, thats everything') },
];

export const replyCues: readonly CueList[] = [
  {
    cue: 'failed',
    phrases: list(`sorry, unable, unfortunately, not available, unavailable, no results, could not, couldnt, cannot, cant, there are no, there arent any, there is no, there isnt, there are not, didnt find, did not find, not find, not able to, wasnt able,
      no such, apologize, apologies, im afraid, i am afraid, do not have any, dont have any, was not successful, unsuccessful, failed, something went wrong, error, fully booked, no longer, doesnt have, does not have, not possible, nothing`),
  },
  {
    cue: 'does_not_know',
    phrases: list(`i dont know, i do not know, im not sure, i am not sure, not certain, dont understand, do not understand, didnt understand, did not understand, no information, dont have information, do not have information, dont have that information,
      do not have that information, cant help, cannot help, cant answer, cannot answer, unable to help, unable to answer, unable to assist, cannot assist, cant assist, dont have an answer, do not have an answer, not able to help, not able to answer, no idea, dont have enough information, do not have enough information, beyond what i`),
  },
  { cue: 'asks_repeat', phrases: list('repeat, rephrase, say that again, didnt get that, did not get that, didnt catch, did not catch, clarify, be more specific, what do you mean, come again, try again, in other words, pardon, tell me more') },
  { cue: 'asks_confirm', phrases: list('please confirm, confirm, is that correct, is that right, is this correct, is this right, correct, right, you would like, you want, am i right, did you mean, do you mean') },
  { cue: 'asks_detail', phrases: list('what, which, when, where, how many, what time, what kind, what type, do you have, any preference, could you tell, can you tell, can you provide, could you provide, please provide') },
  { cue: 'offers', phrases: list('would you like, do you want, how about, what about, may i, can i, shall i, should i, anything else, something else, i recommend, i suggest, i can, i found, there are, there is, have you seen, want me to, would you be interested, are you interested, you might like') },
  { cue: 'success', phrases: list('has been, have been, successfully, success, booked, confirmed, reference number, all set, done, reserved, completed, reservation is, you are all, your booking, scheduled, purchased') },
  { cue: 'thanked', phrases: list('youre welcome, you are welcome, glad, happy to help, my pleasure, have a great, have a good, have a nice, good day, great day, goodbye, bye, enjoy, no problem, welcome, thank you, thanks') },
];
