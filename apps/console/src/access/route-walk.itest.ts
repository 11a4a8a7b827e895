// Goal: every route lets in exactly whom @Access names. Method: all routes that the server has are tried by nobody, by each role with a session and
// with a token, and by proofs that are over; a second guard stands behind the first, so that no handler runs.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanActivate, HttpException, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { mayAct, type Role, roles } from '@ratchet/console-api';
import { ACCESS } from '../http/access.js';
import { platformControllers } from '../http/access.guard.js';
import { addUser } from './people.repository.js';
import { bearer, browserOf, startTestConsole, type TestConsole } from './spec-support/test-console.js';
import { addToken, revokeToken } from './tokens.repository.js';

const REACHED = 418;
let isWalking = false;
/** Runs after the guard under test. */
const stopper: CanActivate = {
  canActivate: () => {
    if (isWalking) throw new HttpException('reached', REACHED);
    return true;
  },
};

interface Route {
  readonly method: string;
  readonly path: string;
  readonly needed: Role | 'anyone' | undefined;
}
interface Visitor {
  readonly who: string;
  readonly headers: Record<string, string>;
  readonly role?: Role;
}

const served: string[] = [];
let running: TestConsole;
let routes: Route[];
const visitors: Visitor[] = [{ who: 'nobody', headers: {} }, { who: 'an invented token', headers: bearer('rtk_invented') }, { who: 'an invented session', headers: { cookie: 'ratchet_session=invented' } }];

/** As the server writes it: a rest without its name. */
const joined = (...parts: string[]): string => `/${parts.flatMap((part) => part.split('/')).filter(Boolean).join('/')}`.replace(/\*\w+$/, '*');

const routesOf = ({ app }: TestConsole): Route[] => {
  const reflector = app.get(Reflector);
  const wrappers = [...app.get(ModulesContainer).values()].flatMap(({ controllers }) => [...controllers.values()]);
  return wrappers.flatMap(({ instance, metatype }) =>
    new MetadataScanner().getAllMethodNames(Object.getPrototypeOf(instance)).flatMap((name) => {
      const handler = (instance as Record<string, Function>)[name] as Function;
      const paths = Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined;
      if (paths === undefined || !metatype) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod] ?? '';
      const prefix = (Reflect.getMetadata(PATH_METADATA, metatype) as string | undefined) ?? '';
      const needed = platformControllers.includes(metatype) ? 'anyone' : reflector.getAllAndOverride<Role | 'anyone' | undefined>(ACCESS, [handler, metatype as never]);
      return [paths].flat().map((path) => ({ method, path: joined(prefix, path), needed }));
    }),
  );
};

const addVisitors = async ({ app, database }: TestConsole): Promise<void> => {
  const signIn = async (token: string): Promise<Record<string, string>> => browserOf(await app.inject({ method: 'POST', url: '/api/session', payload: { token } }));
  const tokenOf = (secret: string, userId: string, expiresAt: Date | null = null): Promise<string> => addToken(database, { secret, userId, label: 'walk', role: 'admin', readOnly: false, createdBy: 'walk', expiresAt });
  for (const role of roles) {
    const user = await addUser(database, { name: `walk-${role}`, role });
    await tokenOf(`token-${role}`, user?.userId ?? '');
    visitors.push({ who: `${role} by token`, role, headers: bearer(`token-${role}`) }, { who: `${role} by session`, role, headers: await signIn(`token-${role}`) });
  }
  const user = await addUser(database, { name: 'walk-over', role: 'admin' });
  const revoked = await tokenOf('token-revoked', user?.userId ?? '');
  visitors.push({ who: 'a session of a revoked token', headers: await signIn('token-revoked') }, { who: 'a revoked token', headers: bearer('token-revoked') });
  await revokeToken(database, revoked);
  await tokenOf('token-expired', user?.userId ?? '', new Date(Date.now() - 1_000));
  visitors.push({ who: 'an expired token', headers: bearer('token-expired') });
};

beforeAll(async () => {
  running = await startTestConsole({
    before: (app) => {
      app.useGlobalGuards(stopper);
      app.getHttpAdapter().getInstance().addHook('onRoute', ({ method, url }) => void served.push(...[method].flat().map((one) => `${one} ${url}`)));
    },
  });
  await addVisitors(running);
  isWalking = true;
  routes = routesOf(running);
});
afterAll(async () => {
  await running?.stop();
});

const expectedOf = ({ needed }: Route, { role }: Visitor): number => {
  if (needed === 'anyone') return REACHED;
  if (role === undefined) return 401;
  return needed !== undefined && mayAct(role, needed) ? REACHED : 403;
};

describe('the routes', () => {
  it('are all known, and all say who may use them', () => {
    const known = routes.map(({ method, path }) => `${method} ${path}`);
    expect(known.length).toBeGreaterThan(20);
    expect(served.filter((route) => !known.includes(route.replace(/^HEAD /, 'GET ')))).toEqual([]);
    expect(known.filter((route) => !served.includes(route))).toEqual([]);
    expect(routes.filter(({ needed }) => needed === undefined)).toEqual([]);
  });

  it('let in exactly whom they name', async () => {
    const wrong: string[] = [];
    for (const route of routes) {
      const url = route.path.replace(/:\w+/g, 'x').replace('*', 'y');
      for (const visitor of visitors) {
        const { statusCode } = await running.app.inject({ method: route.method as 'GET', url, headers: visitor.headers });
        const expected = expectedOf(route, visitor);
        if (statusCode !== expected) wrong.push(`${route.method} ${url} by ${visitor.who}: ${statusCode} in place of ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
