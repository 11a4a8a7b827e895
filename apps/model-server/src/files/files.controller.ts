import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post } from '@nestjs/common';
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
  @Header('content-type', 'application/jsonl')
  async content(@Param('id') id: string): Promise<Buffer> {
    return this.files.content(id);
  }
}
