/**
 * How the simulated users behave. This is the one place with its rates. Users know what they wanted (the label of the text they
 * sent); the platform only sees what they do. Times are real seconds divided by `CLOCK`, so that a conversation of minutes takes a second.
 */
export const CLOCK = 100;

export const behaviour = {
  /** After a right answer. */
  afterRight: { thanks: 0.35, leaves: 0.35, goesOn: 0.3 },
  /** After a wrong answer, unless the user gives explicit feedback. */
  afterWrong: { rephrases: 0.45, asksAgain: 0.12, leavesQuickly: 0.28, asksForPerson: 0.15 },
  /** Of those who say it in other words, the ones who begin by saying that the answer was not what they asked for. */
  rephraseProtests: 0.65,
  /** Users who press or write something after a wrong answer: within the 1 to 5 % that products see. */
  explicitAfterWrong: 0.045,
  explicit: { thumbsDown: 0.15, ticksReason: 0.15, corrects: 0.7 },
  /** Users who press thumbs up after a right answer. */
  thumbsUpAfterRight: 0.015,
  /** Requests of one user in one conversation. */
  requestsMax: 2,
  /** Times that a user says the same thing in other words before giving up. */
  attemptsMax: 3,
  /** Conversations whose end the product reports; the others end by being idle. */
  endReported: 0.8,
  /** Of the conversations that went well, those that the product knows to be completed. */
  completionKnown: 0.5,
  /** Share of requests that no answer fits. */
  outOfScope: 0.05,
  /** How much more than others a topic is asked about in the week in which it is new. */
  newTopicDemand: 3,
  /** Seconds between answer and next action. */
  reads: { min: 35, max: 80 },
  leavesAfter: { min: 2, max: 15 },
  /** Share of conversations by users who submit a wrong correction, in a poisoned run. */
  poisoners: 0.08,
} as const;

export const personRequests = [
  'can i speak to a person please',
  'this is not helping, get me a human',
  'i want to talk to someone',
  'put me through to an agent',
  'is there a real person i can chat with',
  'let me talk to customer service',
] as const;

export const protests = [
  "no, that's not what i meant.",
  "that's not what i asked.",
  'no i mean',
  'that is wrong.',
  "you didn't answer my question.",
  "that doesn't help.",
  'not what i asked,',
  'no. again:',
  'wrong answer,',
  'i meant',
] as const;
