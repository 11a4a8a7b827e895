/** Work that is done once for all that asked for it within the time, at its end. */
export interface Paced {
  ask(): void;
  cancel(): void;
}

export const paced = (everyMs: number, work: () => void): Paced => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        work();
      }, everyMs);
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
};
