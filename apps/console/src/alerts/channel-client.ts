import { createTransport } from 'nodemailer';
import type { Answer } from '../webhooks/next-attempt.js';
import { postJson, type Message } from '../webhooks/webhook-client.js';
import type { Mail } from './alert-message.js';
import type { Channel, EmailChannel } from './channel-config.js';

type Told = Answer & { readonly response?: string };

/** Of the domain of its sender, as it should be; known before it is sent, so that an answer can name it. */
export const mailIdOf = ({ from }: Pick<EmailChannel, 'from'>, messageId: string): string => `<${messageId}@${from.slice(from.lastIndexOf('@') + 1)}>`;

/** A code alone: what a server writes may hold addresses. 5xx will say the same next time. */
const answerOf = (error: unknown): Told => {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  if (typeof responseCode === 'number') return { error: `smtp_${responseCode}`, isRefusal: responseCode >= 500 };
  return { error: typeof code === 'string' && /^[A-Z0-9_]{1,60}$/u.test(code) ? code : 'no_answer' };
};

const sendMail = async (channel: EmailChannel, { id, body }: Message): Promise<Told> => {
  const { host, port, tls, user, password, from, to, timeoutMs } = channel;
  const transport = createTransport({
    host, port, secure: tls === 'tls', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none', connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, disableFileAccess: true, disableUrlAccess: true,
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
  });
  const { subject, text, html, inReplyTo } = JSON.parse(body) as Mail;
  try {
    await transport.sendMail({
      from, to, subject, text, html, messageId: mailIdOf(channel, id), headers: { 'Auto-Submitted': 'auto-generated' },
      ...(inReplyTo !== undefined && { inReplyTo, references: inReplyTo }),
    });
    return { status: 250 };
  } catch (error) {
    return answerOf(error);
  } finally {
    transport.close();
  }
};

/** Sends one message, once, and never throws. */
export const sendToChannel = (channel: Channel, message: Message): Promise<Told> =>
  channel.type === 'email' ? sendMail(channel, message) : postJson({ url: channel.url, timeoutMs: channel.timeoutMs, headers: { 'content-type': 'application/json; charset=utf-8' }, body: message.body }, Date.now());
