/** The token of this session, which only this page can read from its cookies and send with a change. */
export const csrfTokenIn = (cookies: string): string | undefined => /(?:^|;\s*)(?:__Host-)?ratchet_csrf=([^;]+)/.exec(cookies)?.[1];
