import type { VersionPublished } from '@ratchet/domain';
import { ProviderError } from '@ratchet/providers';

/**
 * Tries a version for at most so long, after which there is still time to ask another one; without a limit the provider's own holds.
 *
 * @throws {ProviderError} `timeout` where the time was up
 */
export const inTime = async <Result>({ version, withinMs, attempt }: { version: VersionPublished; withinMs: number | undefined; attempt: (signal?: AbortSignal) => Promise<Result> }): Promise<Result> => {
  if (withinMs === undefined) return attempt();
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), withinMs);
  try {
    return await attempt(clock.signal);
  } catch (error) {
    if (!clock.signal.aborted) throw error;
    throw new ProviderError({ code: 'timeout', provider: version.bundle.provider.name, message: `nothing within ${withinMs} ms, after which another version is asked`, cause: error });
  } finally {
    clearTimeout(timer);
  }
};
