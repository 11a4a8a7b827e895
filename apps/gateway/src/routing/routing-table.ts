import { targetKey, type RoutingChanged, type Target, type VersionPublished } from '@ratchet/domain';

/** What is known of routing and versions; pure state, fed by the two compacted topics and by the last snapshot. */
export class RoutingTable {
  private readonly routes = new Map<string, RoutingChanged>();
  private readonly versions = new Map<string, VersionPublished>();
  private readonly workloadsOfModel = new Map<string, Set<string>>();

  /** Takes a change unless a newer or the same revision is known; says whether it was taken. */
  applyRouting(change: RoutingChanged): boolean {
    const key = targetKey(change);
    const known = this.routes.get(key);
    if (known && known.revision >= change.revision) return false;
    this.routes.set(key, change);
    const workloads = this.workloadsOfModel.get(change.model) ?? new Set();
    this.workloadsOfModel.set(change.model, workloads.add(change.workload));
    return true;
  }

  /** A version's contents never change, so a repeat keeps the object (and what the runtime has cached for it). */
  applyVersion(version: VersionPublished): boolean {
    if (this.versions.has(version.versionId)) return false;
    this.versions.set(version.versionId, version);
    return true;
  }

  route(target: Target): RoutingChanged | undefined {
    return this.routes.get(targetKey(target));
  }

  version(versionId: string): VersionPublished | undefined {
    return this.versions.get(versionId);
  }

  workloadsOf(model: string): string[] {
    return [...(this.workloadsOfModel.get(model) ?? [])];
  }

  /** The names that clients may ask for. */
  models(): string[] {
    return [...this.workloadsOfModel.keys()].sort();
  }

  routed(): RoutingChanged[] {
    return [...this.routes.values()];
  }

  /** Versions that routing names now: what a restart needs to serve. */
  versionsInUse(): VersionPublished[] {
    const ids = new Set(this.routed().flatMap(({ champion, candidate, control, draining }) => [champion, candidate, control, draining?.candidate]));
    return [...ids].flatMap((versionId) => (versionId === undefined ? [] : (this.versions.get(versionId) ?? [])));
  }
}
