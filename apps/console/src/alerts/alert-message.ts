import { alertGuide, type Severity } from '@ratchet/console-api';
import type { Channel } from './channel-config.js';

/** What a channel is told. */
export interface AlertNews {
  readonly kind: 'raised' | 'resolved' | 'test';
  readonly name: string;
  readonly workload: string;
  readonly severity: Severity;
  readonly message: string;
  readonly at: string;
  /** Raised so many times more, without a message. */
  readonly repeats: number;
}

/** An e-mail without its addresses. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Of the thread: a resolve answers what was raised. */
  readonly inReplyTo?: string;
}

const LINE_MAX = 150;
const TEXT_MAX = 2_000;

const words = { raised: { info: 'Info', warning: 'Warning', critical: 'CRITICAL' }, resolved: 'Resolved', test: 'Test' } as const;
const wordOf = ({ kind, severity }: AlertNews): string => (kind === 'raised' ? words.raised[severity] : words[kind]);

/** One line without anything that a header, a terminal or a reader of addresses could take for its own. */
export const oneLine = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim().slice(0, LINE_MAX).toWellFormed();
const plain = (text: string): string => text.replace(/(?!\n)\p{C}/gu, ' ').slice(0, TEXT_MAX).toWellFormed();

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/gu, (sign) => `&#${sign.charCodeAt(0)};`);
/** Slack takes these three for its own: with them escaped, no text can mention people, channels or hide a link. */
export const escapeSlack = (text: string): string => text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/>/gu, '&gt;');

const headline = (news: AlertNews): string => oneLine(`${wordOf(news)}: ${news.name} (${news.workload})`);

const linesOf = (news: AlertNews, consoleUrl: string | undefined): string[] => {
  const { means, todo, document } = alertGuide(news.name);
  return [
    plain(news.message),
    ...(news.kind === 'raised' ? [`What it means: ${means}`, `What to do: ${todo} (${document})`] : []),
    ...(news.repeats > 0 ? [`It was raised ${news.repeats} more ${news.repeats === 1 ? 'time' : 'times'}, which was not told.`] : []),
    `At ${news.at}.`,
    ...(consoleUrl === undefined ? [] : [new URL('/alerts', consoleUrl).href]),
  ];
};

/** The body for a Slack-shaped incoming webhook: texts are plain_text, in which nothing is a mention. */
export const slackBody = (news: AlertNews, consoleUrl?: string): object => ({
  text: escapeSlack(headline(news)),
  link_names: 0,
  parse: 'none',
  unfurl_links: false,
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: headline(news), emoji: false } },
    ...linesOf(news, consoleUrl).map((line) => ({ type: 'section', text: { type: 'plain_text', text: escapeSlack(line) || ' ', emoji: false } })),
  ],
});

export const mailOf = (news: AlertNews, consoleUrl?: string, inReplyTo?: string): Mail => {
  const lines = linesOf(news, consoleUrl);
  return {
    subject: `${inReplyTo === undefined ? '' : 'Re: '}[Ratchet] ${headline(news)}`,
    text: `${headline(news)}\n\n${lines.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body><h1 style="font-size:1.2em">${escapeHtml(headline(news))}</h1>${lines.map((line) => `<p style="white-space:pre-wrap">${escapeHtml(line)}</p>`).join('')}</body></html>`,
    ...(inReplyTo !== undefined && { inReplyTo }),
  };
};

/** The body of a delivery. */
export const bodyFor = (channel: Channel, news: AlertNews, inReplyTo?: string): string =>
  JSON.stringify(channel.type === 'slack' ? slackBody(news, channel.consoleUrl) : mailOf(news, channel.consoleUrl, inReplyTo));
