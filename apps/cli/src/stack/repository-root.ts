import { fileURLToPath } from 'node:url';

/** The checkout that this command line is part of. */
export const repositoryRoot = (): string => fileURLToPath(new URL('../../../../', import.meta.url));
