import { Controller, Get, Param } from '@nestjs/common';
import { EMBEDDING_MODEL } from './embeddings.controller.js';
import { ModelStore, type StoredModel, unknownModel } from './model-store.js';

@Controller('v1/models')
export class ModelsController {
  constructor(private readonly models: ModelStore) {}

  @Get()
  async list() {
    const stored = await this.models.list();
    return { object: 'list', data: [...stored, { id: EMBEDDING_MODEL, createdAtSeconds: 0 }].map(modelObject) };
  }

  @Get(':id')
  async describe(@Param('id') id: string) {
    const found = [...(await this.models.list()), { id: EMBEDDING_MODEL, createdAtSeconds: 0 }].find((model) => model.id === id);
    if (found === undefined) throw unknownModel(id);
    return modelObject(found);
  }
}

function modelObject({ id, createdAtSeconds }: StoredModel) {
  return { id, object: 'model', created: createdAtSeconds, owned_by: 'ratchet' };
}
