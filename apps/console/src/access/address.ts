import type { FastifyRequest } from 'fastify';

const ADDRESS_LENGTH_MAX = 100;

/**
 * Where a request comes from. Each proxy adds to the end of X-Forwarded-For whom it heard it from, so that of `proxies` in front the first one's
 * word stands that many places from the end; what is before was written by anybody.
 */
export const addressOf = ({ headers, ip }: Pick<FastifyRequest, 'headers' | 'ip'>, proxies: number): string => {
  const said = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map((part) => part.trim());
  const told = proxies > 0 ? said.at(-proxies) : undefined;
  return (told && /^[\w.:%[\]-]+$/.test(told) ? told : ip).slice(0, ADDRESS_LENGTH_MAX);
};
