import type { EntityManager } from 'typeorm';

/** A role without a login that a service works under, so that not even a mistake of its own can change what it only appends to. */
export interface ApplicationRole {
  /** Lower-case letters, digits and underscores. */
  readonly name: string;
  /** Tables of the service's schema that the role may read and insert into, and nothing else. */
  readonly appendOnly: readonly string[];
}

/**
 * Makes the role where it is missing, lets the login use it, and gives it the rights of this schema. Run by the schema's owner.
 *
 * @throws {Error} where the owner may not make roles, or the role is not granted to the login and may not be.
 */
export const prepareRole = async (manager: Pick<EntityManager, 'query'>, { role: { name, appendOnly }, schema, login }: { role: ApplicationRole; schema: string; login: string }): Promise<void> => {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new RangeError(`"${name}" is no name of a role`);
  const [{ known }] = (await manager.query('select exists (select from pg_roles where rolname = $1) as known', [name])) as [{ known: boolean }];
  // Roles are shared by all databases of the server, so another one may make it at the same moment.
  if (!known) await manager.query(`do $$ begin create role "${name}" nologin; exception when duplicate_object or unique_violation then null; end $$`);
  const user = login === '' ? 'current_user' : `"${login.replaceAll('"', '""')}"`;
  const [{ member }] = (await manager.query(`select pg_has_role(${login === '' ? 'current_user' : '$2::name'}, $1::name, 'member') as member`, login === '' ? [name] : [name, login])) as [{ member: boolean }];
  if (!member) await manager.query(`grant "${name}" to ${user}`);
  await manager.query(`grant usage on schema "${schema}" to "${name}"`);
  await manager.query(`grant select, insert, update, delete on all tables in schema "${schema}" to "${name}"`);
  await manager.query(`grant usage, select on all sequences in schema "${schema}" to "${name}"`);
  for (const table of ['migrations', ...appendOnly]) await manager.query(`revoke update, delete, truncate, references, trigger on "${schema}"."${table}" from "${name}"`);
  await manager.query(`revoke insert on "${schema}".migrations from "${name}"`);
};
