/** Both versions get the same seed, so that a provider that honours it differs only by its weights and prompt. */
export const SEED = 0;
