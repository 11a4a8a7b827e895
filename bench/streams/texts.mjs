// What users of a shop's assistant ask, how they ask it again, and what the assistant says: templates with slots, all written for this.

const things = ['lamp', 'kettle', 'desk chair', 'blender', 'rain jacket', 'headphones', 'bookshelf', 'coffee grinder', 'bicycle pump', 'tent', 'running shoes', 'keyboard'];
const places = ['Leeds', 'Porto', 'Utrecht', 'Graz', 'Turku', 'Lyon', 'Cork', 'Aarhus'];
const cards = ['Visa', 'Mastercard', 'a gift card', 'bank transfer', 'PayPal'];

/** Each topic: ways to ask for the same thing, and answers. `{thing}`, `{place}`, `{card}` and `{number}` are slots. */
const topics = [
  {
    asks: ['How do I return the {thing} from order {number}?', 'I want to send back the {thing} of order {number}, how does that work?', 'what is the way to return a {thing}, order {number}'],
    answers: ['You can return it within 30 days. Print the label from your orders page and hand the parcel in at any post office.', 'Open the order, choose Return, and pick a reason. The label comes by mail.'],
  },
  {
    asks: ['Where is my order {number}?', 'My parcel with the {thing}, order {number}, has not come yet, where is it?', 'can you track order {number} for me please'],
    answers: ['It left our warehouse yesterday and should reach {place} in two working days.', 'The carrier has it. You will get a message on the morning of the delivery.'],
  },
  {
    asks: ['Can I pay for the {thing} with {card}?', 'Do you take {card}?', 'I would like to use {card} for order {number}, is that possible'],
    answers: ['Yes, choose it in the last step of the checkout.', 'We take it for all orders, the {thing} included.'],
  },
  {
    asks: ['Does the {thing} come in blue?', 'Which colours do you have for the {thing}?', 'is there a {thing} in another colour than black'],
    answers: ['It comes in black, grey and blue. Blue is back in stock next week.', 'There are three colours; you find them on its page under the pictures.'],
  },
  {
    asks: ['Please change the address of order {number} to {place}.', 'I moved to {place}, can order {number} still go there?', 'wrong address on order {number}, it should be in {place}'],
    answers: ['Done: the parcel goes to your address in {place}.', 'As long as it has not left, you can change the address on the page of the order.'],
  },
  {
    asks: ['The {thing} arrived broken, what now?', 'My new {thing} does not work, order {number}.', 'I got a damaged {thing} and would like another one'],
    answers: ['I am sorry about that. Send us a picture and we ship a new one at once.', 'Please keep the box. We collect the broken one when we bring its replacement.'],
  },
  {
    asks: ['How long is the guarantee on the {thing}?', 'What does the guarantee of the {thing} cover?', 'is the {thing} still under guarantee, bought with order {number}'],
    answers: ['Two years from the day it arrived, for everything but wear.', 'It covers faults of material and make. Keep the invoice as a proof.'],
  },
];
const corrections = ['No, that is not what I asked. {ask}', 'No, I meant something else: {ask}', 'That is wrong. {ask}', 'You misunderstood me. {ask}'];
const openers = ['', '', '', 'Hello, ', 'Hi! ', 'Thanks. And another thing: '];
const closers = ['thanks, that helps', 'great, thank you!', 'ok, thanks a lot'];
const handoffs = ['let me talk to a person', 'I want to speak to a human please', 'can someone call me'];
const noAnswers = ['I am not sure that I understand. Could you say it in other words?', 'Sorry, I could not find anything about that.'];
const comments = ['did not help at all', 'wrong answer', 'too long and beside the point'];

const pick = (random, list) => list[Math.floor(random() * list.length)];
const fill = (template, slots) => template.replace(/\{(\w+)\}/g, (_, name) => slots[name]);

/** A request that can be put in several ways, with its answers. */
export const newRequest = (random) => {
  const topic = pick(random, topics);
  const slots = { thing: pick(random, things), place: pick(random, places), card: pick(random, cards), number: String(100_000 + Math.floor(random() * 900_000)) };
  const opener = pick(random, openers);
  const first = Math.floor(random() * topic.asks.length);
  return {
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
