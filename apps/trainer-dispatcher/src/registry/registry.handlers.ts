import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateJudged, candidateRegistered, routingChanged, versionPromoted, versionPublished, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, RoutingChanged, VersionPromoted, VersionPublished, VersionRolledBack } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { storeAliases, storeJudged, storePromoted, storePublished, storeRegistered, storeRolledBack } from './registry.repository.js';

/** Keeps the registry of versions: lineage, training, verdict and aliases, all from events, so that it can be made again from the topics. */
@Controller()
export class RegistryHandlers {
  @OnEvent(versionPublished)
  async onPublished({ data }: EventEnvelope<VersionPublished>, tx: Transaction): Promise<void> {
    await storePublished(tx, data);
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await storeRegistered(tx, data);
  }

  @OnEvent(candidateJudged)
  async onJudged({ data }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    await storeJudged(tx, data);
  }

  @OnEvent(versionPromoted)
  async onPromoted({ data }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    await storePromoted(tx, { ...data, versionId: data.version }, data.promotedAt);
  }

  @OnEvent(versionRolledBack)
  async onRolledBack({ data }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    await storeRolledBack(tx, { ...data, versionId: data.version }, data.rolledBackAt);
  }

  @OnEvent(routingChanged)
  async onRouting({ data }: EventEnvelope<RoutingChanged>, tx: Transaction): Promise<void> {
    await storeAliases(tx, data);
  }
}
