/** Work that is done at once where it is asked for after a rest, and else once for all that asked within the time, at its end. */
export interface Paced {
  ask(): void;
  cancel(): void;
}

export const paced = (everyMs: number, work: () => void): Paced => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const begin = (): void => {
    work();
    timer = setTimeout(() => {
      timer = undefined;
      if (!isAsked) return;
      isAsked = false;
      begin();
    }, everyMs);
  };
  return {
    ask: () => {
      if (timer === undefined) begin();
      else isAsked = true;
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
      isAsked = false;
    },
  };
};
