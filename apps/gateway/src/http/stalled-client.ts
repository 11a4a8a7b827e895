/**
 * Hands on the pieces of a stream as its client takes them, and calls `onStalled` once the client has taken none for `stalledMs`. The pieces are asked for
 * one by one, so that what a slow client has not taken is not produced either: a stream holds one piece and the socket's buffers, however long it is.
 */
export async function* asTaken<Piece>(pieces: AsyncIterable<Piece>, { stalledMs, onStalled }: { stalledMs: number; onStalled: () => void }): AsyncGenerator<Piece, void, undefined> {
  let offered = false;
  const timer = setTimeout(() => {
    if (offered) onStalled();
    else timer.refresh();
  }, stalledMs);
  try {
    for await (const piece of pieces) {
      offered = true;
      timer.refresh();
      yield piece;
      offered = false;
    }
  } finally {
    clearTimeout(timer);
  }
}
