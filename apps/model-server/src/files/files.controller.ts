import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type FileObject, FileStore } from './file-store.js';
import { readUpload } from './multipart.js';

@Controller('v1/files')
export class FilesController {
  constructor(private readonly files: FileStore) {}

  @Post()
  @HttpCode(200)
  async upload(@Body() body: unknown, @Headers('content-type') contentType: string | undefined): Promise<FileObject> {
    const { filename, content } = await readUpload({ body, contentType: contentType ?? '' });
    return this.files.add({ filename, content });
  }

  @Get(':id')
  async describe(@Param('id') id: string): Promise<FileObject> {
    return this.files.get(id);
  }

  @Get(':id/content')
  async content(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const { purpose } = await this.files.get(id);
    void reply.header('content-type', purpose === 'fine-tune-results' ? 'text/csv' : 'application/jsonl');
    return this.files.content(id);
  }
}
