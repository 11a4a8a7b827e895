/**
 * Work that is done at once, and once more after it for all that asked while it was under way. Changes come faster than their answers where
 * much happens: were each to begin the work anew, the first answer would wait for the last change.
 */
export const oneAtATime = (work: () => Promise<unknown>): (() => void) => {
  let isBusy = false;
  let isAsked = false;
  const begin = (): void => {
    isBusy = true;
    void work()
      .catch(() => undefined)
      .finally(() => {
        isBusy = false;
        if (!isAsked) return;
        isAsked = false;
        begin();
      });
  };
  return () => {
    if (isBusy) isAsked = true;
    else begin();
  };
};
