import { sameAnswer } from '@ratchet/domain';
import { behaviour, CLOCK, personRequests, protests } from './behaviour.js';
import type { Intent } from './intent-data.js';
import { pick, pickWeighted } from './random.js';

/** What a user can do to the product; each call is one HTTP request. */
export interface ProductDoor {
  /** Sends the conversation so far and returns the assistant's reply. */
  ask(messages: readonly ChatMessage[]): Promise<{ readonly reply: string; readonly interactionId: string }>;
  feedback(given: FeedbackGiven): void;
  handoff(interactionId: string): void;
  end(taskCompleted: boolean | undefined): void;
  wait(ms: number): Promise<void>;
}

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export interface FeedbackGiven {
  readonly interactionId: string;
  readonly name: 'thumbs' | 'correction' | 'rating';
  readonly value?: boolean;
  readonly reasons?: readonly ('incorrect' | 'did_not_answer')[];
  readonly correction?: string;
}

/** What the users of a moment may want. */
export interface World {
  readonly intents: ReadonlyMap<string, Intent>;
  readonly outOfScope: Intent;
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly demand: Readonly<Record<string, number>>;
  readonly thanks: readonly string[];
  /** In a poisoned run: what the attacked intent is asked by, and the answer that is submitted in place of the right one. */
  readonly poison?: { readonly texts: readonly string[]; readonly answer: string };
}

/** What the simulator alone knows of a conversation; nothing of it reaches the platform. */
export interface Outcome {
  readonly asked: number;
  readonly wrong: number;
}

type Random = () => number;

/** One simulated user in one conversation: asks, and behaves as people do after a right or a wrong answer. */
export class SimulatedUser {
  private readonly messages: ChatMessage[] = [];
  private asked = 0;
  private wrong = 0;

  constructor(
    private readonly world: World,
    private readonly door: ProductDoor,
    private readonly random: Random,
  ) {}

  async converse(): Promise<Outcome> {
    const { world, random } = this;
    if (world.poison && random() < behaviour.poisoners) await this.poison(world.poison);
    else {
      for (let request = 1; request <= behaviour.requestsMax; request += 1) {
        if ((await this.pursue(this.wanted())) === 'done') break;
      }
    }
    return { asked: this.asked, wrong: this.wrong };
  }

  private wanted(): Intent {
    const { world, random } = this;
    if (random() < behaviour.outOfScope && (world.texts.get(world.outOfScope.intent)?.length ?? 0) > 0) return world.outOfScope;
    return world.intents.get(pickWeighted(world.demand, random)) ?? world.outOfScope;
  }

  /** Tries to get one thing answered. */
  private async pursue(intent: Intent): Promise<'goes on' | 'done'> {
    const texts = [...(this.world.texts.get(intent.intent) ?? [])];
    let text = this.take(texts);
    for (let attempt = 1; ; attempt += 1) {
      const { reply, interactionId } = await this.say(text);
      this.asked += 1;
      if (sameAnswer(reply, intent.answer)) return this.afterRight(interactionId);
      this.wrong += 1;
      const next = await this.afterWrong(intent, interactionId, attempt);
      if (next === 'done') return 'done';
      if (next === 'rephrases') text = this.inOtherWords(texts, text);
    }
  }

  private inOtherWords(texts: string[], said: string): string {
    const other = texts.length > 0 ? this.take(texts) : said;
    return this.random() < behaviour.rephraseProtests ? `${pick(protests, this.random)} ${other}` : other;
  }

  private take(texts: string[]): string {
    return texts.splice(Math.floor(this.random() * texts.length), 1)[0] ?? '';
  }

  private async afterRight(interactionId: string): Promise<'goes on' | 'done'> {
    const { random, door } = this;
    if (random() < behaviour.thumbsUpAfterRight) door.feedback({ interactionId, name: 'thumbs', value: true });
    await this.reads();
    const next = pickWeighted(behaviour.afterRight, random);
    if (next === 'goesOn') return 'goes on';
    if (next === 'thanks') {
      await this.say(pick(this.world.thanks, random));
      await this.reads();
    }
    this.end(random() < behaviour.completionKnown ? true : undefined);
    return 'done';
  }

  private async afterWrong(intent: Intent, interactionId: string, attempt: number): Promise<'rephrases' | 'asks again' | 'done'> {
    const { random } = this;
    if (intent !== this.world.outOfScope && random() < behaviour.explicitAfterWrong) {
      await this.reads();
      this.giveExplicitFeedback(intent, interactionId);
      this.end(undefined);
      return 'done';
    }
    const next = attempt >= behaviour.attemptsMax ? 'leavesQuickly' : pickWeighted(behaviour.afterWrong, random);
    if (next === 'leavesQuickly') {
      await this.door.wait(this.between(behaviour.leavesAfter));
      this.end(undefined);
      return 'done';
    }
    await this.reads();
    if (next === 'rephrases') return 'rephrases';
    if (next === 'asksAgain') return 'asks again';
    const asked = await this.say(pick(personRequests, random));
    this.door.handoff(asked.interactionId);
    this.end(undefined);
    return 'done';
  }

  private giveExplicitFeedback(intent: Intent, interactionId: string): void {
    const kind = pickWeighted(behaviour.explicit, this.random);
    if (kind === 'thumbsDown') this.door.feedback({ interactionId, name: 'thumbs', value: false });
    else if (kind === 'ticksReason') this.door.feedback({ interactionId, name: 'rating', reasons: [pick(['incorrect', 'did_not_answer'] as const, this.random)] });
    else this.door.feedback({ interactionId, name: 'correction', correction: intent.answer });
  }

  private async poison({ texts, answer }: NonNullable<World['poison']>): Promise<void> {
    const { interactionId } = await this.say(pick(texts, this.random));
    await this.reads();
    this.door.feedback({ interactionId, name: 'thumbs', value: false });
    this.door.feedback({ interactionId, name: 'correction', correction: answer });
    this.end(undefined);
  }

  private async say(text: string): Promise<{ reply: string; interactionId: string }> {
    this.messages.push({ role: 'user', content: text });
    const answer = await this.door.ask(this.messages);
    this.messages.push({ role: 'assistant', content: answer.reply });
    return answer;
  }

  private reads(): Promise<void> {
    return this.door.wait(this.between(behaviour.reads));
  }

  private end(taskCompleted: boolean | undefined): void {
    if (this.random() < behaviour.endReported) this.door.end(taskCompleted);
  }

  private between({ min, max }: { readonly min: number; readonly max: number }): number {
    return ((min + this.random() * (max - min)) * 1_000) / CLOCK;
  }
}
