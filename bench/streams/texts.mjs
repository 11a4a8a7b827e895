// What users of a shop's assistant ask, how they ask it again, and what the assistant says: templates with slots, all written for this.

const things = ['lamp', 'kettle', 'desk chair', 'blender', 'rain jacket', 'headphones', 'bookshelf', 'coffee grinder', 'bicycle pump', 'tent', 'running shoes', 'keyboard'];
const places = ['Leeds', 'Porto', 'Utrecht', 'Graz', 'Turku', 'Lyon', 'Cork', 'Aarhus'];
const cards = ['Visa', 'Mastercard', 'a gift card', 'bank transfer', 'PayPal'];

/** Each topic: ways to ask for the same thing, and answers. `{thing}`, `{place}`, `{card}` and `{number}` are slots. */
const topics = [
  {
    asks: ['How do I return the {thing} from order {number}?', 'I want to send back the {thing} of order {number}, how does a return go?', 'what is the way to return a {thing}, order {number}'],
    answers: ['You can return the {thing} within 30 days. Print the label and hand the parcel in at a post office in {place}.', 'Open order {number}, choose Return, and pick a reason. The label comes by mail.'],
  },
  {
    asks: ['Where is my order {number}?', 'My order {number} with the {thing} has yet to come, where is it?', 'can you track order {number} for me please'],
    answers: ['It left our warehouse yesterday and reaches {place} in two working days.', 'The carrier in {place} has order {number}. You get a message on the morning of the delivery.'],
  },
  {
    asks: ['Can I pay for the {thing} with {card}?', 'Do you take {card} for the {thing}?', 'I would like to use {card} to pay the {thing}, is that possible'],
    answers: ['Yes, choose {card} in the last step of the checkout.', 'We take {card} for all orders, the {thing} included.'],
  },
  {
    asks: ['Does the {thing} come in blue?', 'Which colours do you have, blue too, for the {thing}?', 'is there a blue {thing} in stock'],
    answers: ['The {thing} comes in black, grey and blue. Blue is back in stock next week.', 'There are three colours of the {thing}; you find them under its pictures.'],
  },
  {
    asks: ['Please send order {number} to my address in {place}.', 'I moved to {place}, can order {number} go to that address?', 'new address for order {number} in {place}, please'],
    answers: ['Done: order {number} goes to your address in {place}.', 'Until it leaves for {place} you can edit the address on the page of the order.'],
  },
  {
    asks: ['The {thing} of order {number} has a crack, what now?', 'My new {thing}, order {number}, came with a crack.', 'there is a crack in the {thing} that came with order {number}'],
    answers: ['Send us a picture of the {thing} and we ship a new one at once.', 'Please keep the box. We collect the {thing} in {place} when we bring its replacement.'],
  },
  {
    asks: ['How long is the guarantee on the {thing}?', 'What guarantee does the {thing} have, and how long?', 'is the {thing} under guarantee, and for how long'],
    answers: ['The {thing} has two years from the day it arrived, for everything but wear.', 'It covers faults of the {thing} in material and make. Keep invoice {number} as a proof.'],
  },
  {
    asks: ['Can I pick up order {number} at the shop in {place}?', 'Is it possible to collect order {number} in {place} myself?', 'pick up in {place} for order {number}, how'],
    answers: ['Yes, from noon tomorrow; bring the number {number} and a passport.', 'Our shop in {place} keeps parcels for ten days, near the main station.'],
  },
  {
    asks: ['I need an invoice for order {number} with a tax number.', 'How do I get the tax invoice of order {number}?', 'invoice with tax number for order {number}, where'],
    answers: ['Add the tax number to your account, and invoice {number} is written anew.', 'The invoice is under Documents on the page of order {number}.'],
  },
  {
    asks: ['How heavy is the {thing}?', 'What is the weight of the {thing} in kilos?', 'weight of the {thing} with its box please'],
    answers: ['The {thing} weighs 2.4 kg without its box.', 'With the box it is 3.1 kg, so a parcel to {place} costs the small fee.'],
  },
  {
    asks: ['Is there a discount on the {thing} for students?', 'Do students get a discount when they buy the {thing}?', 'student discount for a {thing}, how much'],
    answers: ['Students get ten percent off the {thing} with a valid card.', 'Register with the mail address of your university in {place}, and the price falls at once.'],
  },
  {
    asks: ['How do I clean the {thing}?', 'What do I clean my {thing} with?', 'cleaning the {thing}: water or a dry cloth'],
    answers: ['A soft cloth and lukewarm water do for the {thing}; let it dry overnight.', 'Page 14 of the manual that came with order {number} shows which parts come off.'],
  },
];
const corrections = ['No, that is not what I asked. {ask}', 'No, I meant something else: {ask}', 'That is wrong. {ask}', 'You misunderstood me. {ask}'];
const openers = ['', '', '', 'Hello, ', 'Hi! ', 'Thanks. One more thing: '];
const closers = ['thanks, that helps', 'great, thank you!', 'ok, thanks a lot'];
const handoffs = ['let me talk to a person', 'I want to speak to a human please', 'can someone call me'];
const noAnswers = ['I am not sure that I understand. Could you say it in other words?', 'Sorry, I could not find anything about that.'];
const comments = ['did not help at all', 'wrong answer', 'too long and beside the point'];

const pick = (random, list) => list[Math.floor(random() * list.length)];
const fill = (template, slots) => template.replace(/\{(\w+)\}/g, (_, name) => slots[name]);

/** A request that can be put in several ways, with its answers; on another topic than the one before it. */
export const newRequest = (random, before) => {
  const others = before ? topics.filter((one) => one !== before.topic) : topics;
  const topic = pick(random, others);
  const slots = { thing: pick(random, things), place: pick(random, places), card: pick(random, cards), number: String(100_000 + Math.floor(random() * 900_000)) };
  const opener = pick(random, openers);
  const first = Math.floor(random() * topic.asks.length);
  return {
    topic,
    query: opener + fill(topic.asks[first], slots),
    inOtherWords: () => fill(topic.asks[(first + 1 + Math.floor(random() * (topic.asks.length - 1))) % topic.asks.length], slots),
    correction: () => fill(pick(random, corrections), { ask: fill(topic.asks[first], slots) }),
    answer: () => fill(pick(random, topic.answers), slots),
  };
};

export const closing = (random) => pick(random, closers);
export const askForPerson = (random) => pick(random, handoffs);
export const noAnswer = (random) => pick(random, noAnswers);
export const comment = (random) => pick(random, comments);
