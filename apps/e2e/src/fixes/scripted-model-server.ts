import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** What a model would know by itself: a question's pattern, and the sentences of its answer. */
export interface Memory {
  readonly asked: RegExp;
  readonly sentences: (match: RegExpExecArray) => readonly string[];
}

const FACTS_FOLLOW = 'Answer from these facts where they fit the question:';
/** A passage fits a question that shares so many words with it. */
const SHARED_WORDS_MIN = 3;
const UNKNOWN = 'I do not know.';

const common = new Set(['the', 'for', 'what', 'how', 'when', 'does', 'many', 'that', 'will', 'can', 'you', 'and', 'was']);
const wordsOf = (text: string): Set<string> => new Set((text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length > 2 && !common.has(word)).map((word) => word.replace(/s$/u, '')));

const passagesIn = (system: string): string[] => (system.split(FACTS_FOLLOW)[1] ?? '').split(/\n(?=## )/u).map((passage) => passage.trim()).filter((passage) => passage.startsWith('## '));

/** The body of the passage that shares most words with the question. */
const fromPassages = (system: string, question: string): string | undefined => {
  const asked = wordsOf(question);
  const ranked = passagesIn(system)
    .map((passage) => ({ text: passage.split('\n').slice(1).join(' '), shared: [...wordsOf(passage)].filter((word) => asked.has(word)).length }))
    .sort((a, b) => b.shared - a.shared);
  return ranked[0] && ranked[0].shared >= SHARED_WORDS_MIN ? ranked[0].text : undefined;
};

const inForm = (sentences: readonly string[], instructions: string): string => {
  if (sentences.length < 2) return sentences.join(' ');
  if (/numbered steps/iu.test(instructions)) return sentences.map((sentence, i) => `${i + 1}. ${sentence}`).join('\n');
  return /bullet list/iu.test(instructions) ? sentences.map((sentence) => `- ${sentence}`).join('\n') : sentences.join(' ');
};

/** What such a model answers: what its passages say, else what it has in mind, in the form that it is told; told to stay with the facts, it makes nothing up. */
export const scriptedAnswer = (messages: readonly ChatMessage[], memories: readonly Memory[]): string => {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content).join('\n');
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const [instructions = ''] = system.split(FACTS_FOLLOW);
  const passage = fromPassages(system, question);
  if (passage !== undefined) return passage;
  if (/nothing that the facts/iu.test(instructions)) return UNKNOWN;
  for (const { asked, sentences } of memories) {
    const match = asked.exec(question);
    if (match) return inForm(sentences(match), instructions);
  }
  return UNKNOWN;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** A model behind OpenAI's chat endpoint whose answer depends on the system prompt and the passages that it is sent: it can be told things, and it cannot be trained. */
export class ScriptedModelServer {
  private constructor(private readonly server: Server) {}

  static async start(memories: readonly Memory[]): Promise<ScriptedModelServer> {
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { messages = [], model = '' } = JSON.parse(await bodyOf(request)) as { messages?: ChatMessage[]; model?: string };
      const content = scriptedAnswer(messages, memories);
      const message = { role: 'assistant', content };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'scripted', object: 'chat.completion', created: 0, model, choices: [{ index: 0, message, finish_reason: 'stop' }], usage }));
    };
    const server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedModelServer(server);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
