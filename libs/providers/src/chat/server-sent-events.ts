const LINE_END = /\r\n|\n|\r/gu;

/**
 * The data of each server-sent event in a stream of bytes, in order. Names, ids and comments are passed over, because OpenAI's protocol has none that
 * matter; an event that its stream breaks off in is none, as the standard wants it.
 */
export class ServerSentEvents {
  private readonly decoder = new TextDecoder();
  private rest = '';
  private data: string | undefined;

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    const events: string[] = [];
    let start = 0;
    LINE_END.lastIndex = 0;
    for (let end = LINE_END.exec(text); end; end = LINE_END.exec(text)) {
      // A carriage return at the very end may be the first half of a line's end.
      if (end[0] === '\r' && LINE_END.lastIndex === text.length) break;
      const complete = this.takeLine(text.slice(start, end.index));
      if (complete !== undefined) events.push(complete);
      start = LINE_END.lastIndex;
    }
    this.rest = text.slice(start);
    return events;
  }

  /** Characters that wait for the end of their line or event. */
  get heldChars(): number {
    return this.rest.length + (this.data?.length ?? 0);
  }

  private takeLine(line: string): string | undefined {
    if (line === '') {
      const { data } = this;
      this.data = undefined;
      return data;
    }
    if (!line.startsWith('data:')) return undefined;
    const value = line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5);
    this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    return undefined;
  }
}
