// <ratchet-feedback conversation="..." interaction="..."></ratchet-feedback>: thumbs, stars, reasons, comment and correction for one answer.
// One script without dependencies, for a strict content security policy: no inline style, no markup from strings.
(() => {
  'use strict';
  if (customElements.get('ratchet-feedback')) return;

  const script = document.currentScript;
  const defaultEndpoint = script?.src ? new URL('/v1/feedback', script.src).href : '/v1/feedback';
  const categories = ['accuracy', 'helpfulness', 'clarity'];
  const reasons = ['more_detail', 'incorrect', 'did_not_answer', 'hard_to_understand', 'other'];
  const texts = {
    question: 'Was this answer helpful?', up: 'Yes', down: 'No', rate: 'Rate this answer', accuracy: 'Accuracy', helpfulness: 'Helpfulness', clarity: 'Clarity', stars: '{n} of 5',
    improve: 'What could be improved?', more_detail: 'More detail needed', incorrect: 'Incorrect information', did_not_answer: "Didn't answer my question", hard_to_understand: 'Hard to understand', other: 'Other',
    comment: 'Tell us more', correction: "What's the correct answer?", send: 'Send', thanks: 'Thank you for your feedback.', more: 'Thank you. You can tell us more below.',
    empty: 'Fill in at least one field.', waiting: 'You are offline. Your feedback is kept and sent later.', failed: 'Your feedback could not be sent.',
  };

  const newId = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    // Pages without TLS have random numbers only.
    const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };

  /** What the filled-in form says, as the bodies of one request each; an empty form says nothing. */
  const feedbackOf = ({ ratings, ticked, comment, correction }) => {
    const said = [];
    const words = { ...(ticked.length > 0 && { reasons: ticked }), ...(comment.trim() && { comment: comment.trim() }) };
    if (Object.keys(ratings).length > 0) said.push({ name: 'rating', ratings, ...words });
    else if (Object.keys(words).length > 0) said.push({ name: 'comment', ...words });
    if (correction.trim()) said.push({ name: 'correction', correction: correction.trim() });
    return said;
  };

  const KEY = 'ratchet-feedback';
  const KEPT_MAX = 50;
  const KEPT_MS = 7 * 24 * 3_600_000;

  /** Sends feedback, and keeps what finds no server until it does; a repeat is harmless, since each has an id of its own. */
  class Outbox {
    constructor({ storage, post, now = Date.now, later = (run, ms) => setTimeout(run, ms) }) {
      Object.assign(this, { storage, post, now, later, memory: [], failures: 0, timer: undefined });
    }

    kept() {
      try {
        const kept = JSON.parse(this.storage.getItem(KEY) ?? '[]');
        return Array.isArray(kept) ? kept.filter(({ at }) => this.now() - at < KEPT_MS) : [];
      } catch {
        return this.memory;
      }
    }

    keep(entries) {
      this.memory = entries.slice(-KEPT_MAX);
      try {
        if (this.memory.length > 0) this.storage.setItem(KEY, JSON.stringify(this.memory));
        else this.storage.removeItem(KEY);
      } catch {
        // Pages without storage keep it as long as they are open.
      }
    }

    /** `sent`, `waiting` or `failed`. */
    async send(entry) {
      const status = await this.attempt(entry);
      if (status === 'waiting') {
        this.keep([...this.kept(), { ...entry, at: this.now() }]);
        this.schedule();
      }
      return status;
    }

    async attempt(entry) {
      try {
        const { ok, status } = await this.post(entry);
        return ok ? 'sent' : status === 429 || status >= 500 ? 'waiting' : 'failed';
      } catch {
        return 'waiting';
      }
    }

    /** Tries what was kept, oldest first, until one has to wait again. */
    async flush() {
      for (const entry of this.kept()) {
        if ((await this.attempt(entry)) === 'waiting') {
          this.failures += 1;
          return this.schedule();
        }
        this.keep(this.kept().filter(({ body }) => body.feedbackId !== entry.body.feedbackId));
      }
      this.failures = 0;
    }

    schedule() {
      if (this.timer !== undefined) return;
      this.timer = this.later(() => {
        this.timer = undefined;
        void this.flush();
      }, Math.min(60_000, 2_000 * 2 ** this.failures));
    }
  }

  const post = ({ endpoint, workload, body }) =>
    fetch(endpoint, {
      method: 'POST', mode: 'cors', credentials: 'omit', keepalive: true, signal: AbortSignal.timeout(10_000),
      headers: { 'content-type': 'application/json', ...(workload && { 'x-ratchet-workload': workload }) }, body: JSON.stringify(body),
    });

  let outbox;
  const theOutbox = () => {
    if (outbox) return outbox;
    let storage;
    try {
      storage = localStorage;
    } catch {
      // Blocked by the browser's settings.
    }
    outbox = new Outbox({ storage, post });
    addEventListener('online', () => void outbox.flush());
    void outbox.flush();
    return outbox;
  };

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const css = `
    :host { display: block; font: inherit; color: inherit; max-width: 32rem; }
    [hidden] { display: none !important; }
    fieldset { border: 0; margin: 0 0 .75rem; padding: 0; min-width: 0; }
    legend { padding: 0; margin-bottom: .25rem; }
    .row { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
    button { font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: .4rem; min-height: 2.75rem; min-width: 2.75rem; padding: .25rem .75rem; cursor: pointer; }
    button[aria-pressed=true], button[type=submit] { background: var(--ratchet-accent, #0b57d0); color: var(--ratchet-on-accent, #fff); border-color: transparent; }
    :focus-visible, .star:has(:focus-visible) { outline: 3px solid var(--ratchet-focus, #0b57d0); outline-offset: 2px; }
    form { margin-top: .75rem; }
    .category { display: flex; flex-wrap: wrap; align-items: center; margin: 0; }
    .category legend { float: left; width: 7rem; margin: 0; }
    .star { position: relative; display: inline-flex; align-items: center; justify-content: center; width: 2.75rem; height: 2.75rem; font-size: 1.5rem; cursor: pointer; }
    .star input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; width: 100%; height: 100%; }
    .reason { display: flex; align-items: center; gap: .5rem; min-height: 2.75rem; }
    .reason input { width: 1.25rem; height: 1.25rem; }
    .field { display: block; margin-bottom: .75rem; }
    textarea { display: block; width: 100%; box-sizing: border-box; margin-top: .25rem; font: inherit; color: inherit; background: transparent; border: 1px solid currentColor; border-radius: .4rem; padding: .5rem; }
    [role=status] { margin: .5rem 0 0; min-height: 1.5em; }
    @media (prefers-reduced-motion: no-preference) { button { transition: background-color .15s; } }`;
  let sheet;

  class RatchetFeedback extends HTMLElement {
    #ids = new Map();
    #given = {};
    #ui;

    /** Texts in other words or another language: some or all of them. */
    set texts(given) {
      this.#given = given;
      if (this.#ui) this.#render();
    }

    connectedCallback() {
      if (!this.#ui) this.#render();
      theOutbox();
    }

    #text(key) {
      return String(this.#given[key] ?? this.#attributeTexts()[key] ?? globalThis.RatchetFeedback.texts[key]);
    }

    #attributeTexts() {
      try {
        return JSON.parse(this.getAttribute('texts') ?? '{}') ?? {};
      } catch {
        return {};
      }
    }

    #shows(part) {
      const parts = this.getAttribute('parts');
      return parts === null || parts.split(/\s+/).includes(part);
    }

    #render() {
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      sheet ??= new CSSStyleSheet();
      if (sheet.cssRules.length === 0) sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
      const [up, down] = [this.#thumb('up', '\u{1F44D}'), this.#thumb('down', '\u{1F44E}')];
      const thumbs = element('fieldset', {}, element('legend', {}, this.#text('question')), element('div', { class: 'row' }, up, down));
      const status = element('p', { role: 'status', 'aria-live': 'polite' });
      const form = this.#form();
      thumbs.hidden = !this.#shows('thumbs');
      form.hidden = this.#shows('thumbs');
      this.#ui = { up, down, form, status };
      root.replaceChildren(thumbs, form, status);
    }

    #thumb(which, sign) {
      const button = element('button', { type: 'button', 'aria-pressed': 'false' }, element('span', { 'aria-hidden': 'true' }, sign), ` ${this.#text(which)}`);
      button.addEventListener('click', () => void this.#giveThumb(which));
      return button;
    }

    #form() {
      const submit = element('button', { type: 'submit' }, this.#text('send'));
      const fields = [];
      if (this.#shows('rating')) fields.push(element('fieldset', {}, element('legend', {}, this.#text('rate')), ...categories.map((category) => this.#stars(category))));
      if (this.#shows('reasons')) fields.push(element('fieldset', {}, element('legend', {}, this.#text('improve')), ...reasons.map((reason) => element('label', { class: 'reason' }, element('input', { type: 'checkbox', name: 'reason', value: reason }), this.#text(reason)))));
      for (const name of ['comment', 'correction']) if (this.#shows(name)) fields.push(element('label', { class: 'field' }, this.#text(name), element('textarea', { name, rows: '2', maxlength: '20000' })));
      const form = element('form', { novalidate: '' }, ...fields, submit);
      form.hidden = fields.length === 0;
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        void this.#giveDetails(form);
      });
      return form;
    }

    #stars(category) {
      const stars = [1, 2, 3, 4, 5].map((n) => {
        const input = element('input', { type: 'radio', name: category, value: String(n), 'aria-label': this.#text('stars').replace('{n}', n) });
        return element('label', { class: 'star' }, input, element('span', { 'aria-hidden': 'true' }, '\u2606'));
      });
      const group = element('fieldset', { class: 'category' }, element('legend', {}, this.#text(category)), ...stars);
      group.addEventListener('change', ({ target }) => stars.forEach((star, i) => (star.lastChild.textContent = i < Number(target.value) ? '\u2605' : '\u2606')));
      return group;
    }

    async #giveThumb(which) {
      const { up, down, form } = this.#ui;
      if (this.#ui[which].getAttribute('aria-pressed') === 'true') return;
      up.setAttribute('aria-pressed', String(which === 'up'));
      down.setAttribute('aria-pressed', String(which === 'down'));
      const more = form.childElementCount > 1;
      form.hidden = !more;
      // A thumb that changes is another piece of feedback, which takes the place of the one before.
      await this.#give([{ name: 'thumbs', value: which === 'up' }], { thanks: more ? 'more' : 'thanks', fresh: true });
    }

    async #giveDetails(form) {
      const data = new FormData(form);
      const ratings = Object.fromEntries(categories.filter((category) => data.has(category)).map((category) => [category, Number(data.get(category))]));
      const said = feedbackOf({ ratings, ticked: data.getAll('reason'), comment: data.get('comment') ?? '', correction: data.get('correction') ?? '' });
      if (said.length === 0) return this.#say('empty');
      await this.#give(said, { thanks: 'thanks' });
    }

    async #give(said, { thanks, fresh = false }) {
      const user = this.getAttribute('user');
      const about = { conversationId: this.getAttribute('conversation') ?? undefined, interactionId: this.getAttribute('interaction') ?? undefined, source: { type: 'user', ...(user && { id: user }) } };
      const results = await Promise.all(said.map((words) => this.#post({ ...words, ...about }, fresh)));
      this.#say(results.includes('failed') ? 'failed' : results.includes('waiting') ? 'waiting' : thanks);
    }

    async #post(body, fresh) {
      // The same words sent twice are one piece of feedback.
      const key = JSON.stringify(body);
      const feedbackId = (!fresh && this.#ids.get(key)) || newId();
      this.#ids.set(key, feedbackId);
      const status = await theOutbox().send({ endpoint: this.getAttribute('endpoint') ?? defaultEndpoint, workload: this.getAttribute('workload') ?? '', body: { ...body, feedbackId } });
      this.dispatchEvent(new CustomEvent('ratchet-feedback', { bubbles: true, composed: true, detail: { name: body.name, feedbackId, status } }));
      return status;
    }

    #say(key) {
      this.#ui.status.textContent = this.#text(key);
    }
  }

  globalThis.RatchetFeedback = { texts, feedbackOf, Outbox };
  customElements.define('ratchet-feedback', RatchetFeedback);
})();
