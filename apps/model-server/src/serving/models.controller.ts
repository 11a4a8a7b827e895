import { Controller, Get, Param } from '@nestjs/common';
import { EMBEDDING_MODEL, SENTENCE_MODEL } from './embeddings.controller.js';
import { ModelStore, type StoredModel, unknownModel } from './model-store.js';
import { Sentences } from './sentences.js';

@Controller('v1/models')
export class ModelsController {
  constructor(
    private readonly models: ModelStore,
    private readonly sentences: Sentences,
  ) {}

  @Get()
  async list() {
    return { object: 'list', data: (await this.all()).map(modelObject) };
  }

  @Get(':id')
  async describe(@Param('id') id: string) {
    const found = (await this.all()).find((model) => model.id === id);
    if (found === undefined) throw unknownModel(id);
    return modelObject(found);
  }

  private async all(): Promise<StoredModel[]> {
    const embedding = [EMBEDDING_MODEL, ...(this.sentences.encoder === null ? [] : [SENTENCE_MODEL])];
    return [...(await this.models.list()), ...embedding.map((id) => ({ id, createdAtSeconds: 0 }))];
  }
}

function modelObject({ id, createdAtSeconds }: StoredModel) {
  return { id, object: 'model', created: createdAtSeconds, owned_by: 'ratchet' };
}
