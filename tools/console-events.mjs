// When something happened on its topic, and when a page showed it.
import { setTimeout as sleep } from 'node:timers/promises';

const TOPICS = ['ratchet.promotions.v1', 'ratchet.commands.v1'];
const LOOK_EVERY_MS = 50;

/** Asks until there is an answer. */
export const eventually = async (what, check, withinMs, everyMs = 500) => {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > until) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await sleep(everyMs);
  }
};

/** Reads the topics that tell of orders and of their effects, from now on. */
export const followTopics = async (brokers) => {
  const [{ createKafka, TopicTail }, { Logger }] = await Promise.all([import('@ratchet/kafka'), import('@ratchet/observability')]);
  const logger = Logger.silent();
  const seen = [];
  const onRecord = ({ headers, timestampMs, value }) => seen.push({ type: String(headers?.ce_type), atMs: timestampMs, data: JSON.parse(String(value)) });
  const tail = new TopicTail({ kafka: createKafka({ brokers, clientId: 'verification' }, logger), topics: TOPICS, logger, onRecord });
  await tail.start();
  return {
    /** The first event since `sinceMs` that is meant. */
    find: (what, isMeant, sinceMs) => eventually(what, () => seen.find((event) => event.atMs >= sinceMs && isMeant(event)), 10_000, LOOK_EVERY_MS),
    stop: () => tail.stop(),
  };
};

/** The moment, by the page's own clock, at which an element of it begins with a text. Throws where it does not within the time. */
export const shownAt = (page, selector, text, withinMs = 30_000) =>
  page.evaluate(
    ([where, wanted, waitMs]) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (![...document.querySelectorAll(where)].some((element) => element.textContent?.startsWith(wanted))) return;
          observer.disconnect();
          resolve(Date.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        setTimeout(() => {
          observer.disconnect();
          reject(new Error(`the page does not show ${wanted} within ${waitMs / 1_000} s`));
        }, waitMs);
        look();
      }),
    [selector, text, withinMs],
  );
