import type { Similarity } from '../text/similarity.js';
import type { TextProfile } from '../text/text-profile.js';

/** One interaction as the detectors see it: what was asked, and what was replied. */
export interface Exchange {
  readonly query: TextProfile;
  readonly reply: TextProfile;
  /** Share of the words of an earlier reply of the conversation that this one repeats; undefined for a new reply. */
  readonly replyRepeats: number | undefined;
  /** When the reply was complete, in milliseconds after the conversation's start. */
  readonly answeredAfterMs: number;
  /** The model answered, and said nothing. */
  readonly emptyReply: boolean;
  /** False where the source gives no times: then nothing is concluded from seconds. */
  readonly timed: boolean;
}

/** What the user said next, and how it compares with what they had asked. */
export interface NextTurn {
  readonly message: TextProfile;
  /** Undefined without times. */
  readonly afterMs: number | undefined;
  readonly toQuery: Similarity;
  /** How many user messages of the conversation ask the same as this one, itself included. */
  readonly alikeCount: number;
}

/** How the conversation ended. `announced`: an event said so; else it went quiet, or was cut. */
export interface Ending {
  readonly announced: boolean;
  readonly taskCompleted: boolean | undefined;
  /** From the last reply to the end; undefined without times. */
  readonly afterReplyMs: number | undefined;
  /** From the first request to the end; undefined without times. */
  readonly conversationMs: number | undefined;
  /** True where the user had corrected, asked again or complained in this conversation. */
  readonly hadTrouble: boolean;
}

/** How the conversation had gone when the user said what they said next. */
export interface Course {
  /** Replies so far, the one that is judged included. */
  readonly turn: number;
  /** User messages before this one that said no, corrected, complained, gave up or asked for a person. */
  readonly troubled: number;
}

export const NO_COURSE: Course = { turn: 0, troubled: 0 };
