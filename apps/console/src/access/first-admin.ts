import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, type Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { noteAccess } from './access-events.repository.js';
import { addUser, findUserByName, hasAdmin, LOCAL_ADMIN } from './people.repository.js';
import { newToken } from './secrets.js';
import { addToken, isKnownSecret, revokeFirstTokens } from './tokens.repository.js';

type Settings = Pick<Config, 'FIRST_ADMIN_TOKEN' | 'OIDC_ISSUER' | 'OIDC_ROLES'>;

/** Whether an organisation's provider says who is admin, so that nobody needs a token to begin with. */
const providerGivesAdmins = ({ OIDC_ISSUER, OIDC_ROLES }: Settings): boolean => OIDC_ISSUER !== undefined && Object.values(OIDC_ROLES).includes('admin');

const give = async (tx: Transaction, secret: string, by: 'configuration' | 'console'): Promise<boolean> => {
  const user = (await addUser(tx, { name: LOCAL_ADMIN, role: 'admin' })) ?? (await findUserByName(tx, LOCAL_ADMIN));
  if (!user || user.issuer !== null) return false;
  await revokeFirstTokens(tx);
  const tokenId = await addToken(tx, { secret, userId: user.userId, label: 'First admin', role: 'admin', readOnly: false, createdBy: by, expiresAt: null, isFirst: true });
  await noteAccess(tx, { kind: 'first_admin_made', name: null, body: { user: LOCAL_ADMIN, tokenId, by }, address: null });
  return true;
};

/**
 * Gives the token of the configuration to the local admin, or makes one where nobody is admin. A token that was revoked stays revoked. Returns the
 * secret that was made, which is nowhere else.
 */
export const makeFirstAdmin = (database: Database, settings: Settings): Promise<string | undefined> =>
  database.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('console.first-admin'))`);
    const { FIRST_ADMIN_TOKEN: given } = settings;
    if (given !== undefined) {
      if (!(await isKnownSecret(tx, given))) await give(tx, given, 'configuration');
      return undefined;
    }
    if (providerGivesAdmins(settings) || (await hasAdmin(tx))) return undefined;
    const secret = newToken();
    return (await give(tx, secret, 'console')) ? secret : undefined;
  });

/** Prints the first token, once, where people look when they start the console by hand; it is no line of the log. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const secret = await makeFirstAdmin(this.database, this.config);
    if (secret !== undefined) process.stdout.write(`\nNobody could sign in at the console, so it made an admin. Their token, which is shown this once:\n\n    ${secret}\n\n`);
  }
}
