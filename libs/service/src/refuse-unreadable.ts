import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';

const statusOf = (code: string | undefined): number => (code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400);

/** Answers what the HTTP parser cannot read as all else that is wrong is answered: an RFC 9457 problem. */
export const refuseUnreadable = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statusOf(error.code);
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: status === 431 ? 'The address and the headers are too long together.' : 'The request could not be read.' });
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${title}\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncontent-type: application/problem+json; charset=utf-8\r\nconnection: close\r\n\r\n${body}`);
  socket.destroy(error);
};
