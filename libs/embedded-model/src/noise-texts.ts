import { seededRandom } from './random.js';

const NOISE_TEXTS = 100;

/** Made-up words, 1 to 6 in a text: what no model can know. The same for a seed. */
export function noiseTexts(seed: number): string[] {
  const random = seededRandom(seed ^ 0x0015e);
  const word = (): string => Array.from({ length: 3 + Math.floor(random() * 6) }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  return Array.from({ length: NOISE_TEXTS }, () => Array.from({ length: 1 + Math.floor(random() * 6) }, word).join(' '));
}
