// The intents that people labelled, from the folder of RATCHET_DATA_DIR; and more wordings of them, where many texts are needed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.RATCHET_DATA_DIR;

/** Undefined, with the reason on standard error, where the file is not there. */
export const intentsOf = (file, keep = () => true) => {
  const path = folder === undefined ? undefined : join(folder, file);
  if (path === undefined || !existsSync(path)) {
    console.error(`${file} is left out: ${folder === undefined ? 'set RATCHET_DATA_DIR to the folder that holds it' : `${folder} does not hold it`}`);
    return undefined;
  }
  return readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)).filter(keep);
};

const random = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
};

const THINGS = 'order parcel invoice refund password account card payment address voucher subscription warranty delivery return chair kettle blender lamp phone charger login receipt contract meter heating booking ticket seat luggage visa statement transfer limit loan branch cheque'.split(' ');
const WISHES = ['where is my {}', 'I cannot find the {}', 'cancel the {}', 'change the {} please', 'why was my {} refused', 'how long does a {} take', 'the {} is wrong', 'send me the {} again', 'can I share my {}', 'what does the {} cost'];
const ASIDES = ['', 'please', 'since yesterday', 'for my mother', 'again', 'on the phone', 'as promised', 'it is urgent', 'from last month', 'on the website', 'in the shop', 'before friday'];

/** `count` requests about 36 things in 10 ways, told in several words each; about 360 topics of different sizes. */
export const syntheticTexts = (count, seed = 1) => {
  const next = random(seed);
  const pick = (list, power = 1) => list[Math.floor(next() ** power * list.length)];
  return Array.from({ length: count }, () => {
    const thing = pick(THINGS, 1.5);
    const wish = pick(WISHES);
    return { text: `${pick(ASIDES)} ${wish.replace('{}', thing)} ${pick(ASIDES)} ${next() < 0.3 ? `number ${Math.floor(next() * 90_000)}` : ''}`.trim(), intent: `${wish} ${thing}` };
  });
};
