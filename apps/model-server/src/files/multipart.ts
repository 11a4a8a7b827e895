import { badRequest } from '../http/openai.error.js';

export interface Upload {
  readonly filename: string;
  readonly content: Buffer;
  readonly purpose: string;
}

/** Reads a multipart form with a `file` and a `purpose`, with the parser that Node's own fetch has. */
export async function readUpload({ body, contentType }: { body: unknown; contentType: string }): Promise<Upload> {
  if (!Buffer.isBuffer(body)) throw badRequest({ message: 'Send the file as multipart/form-data with the fields `file` and `purpose`.', param: 'file' });
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData().catch(() => null);
  if (form === null) throw badRequest({ message: 'The multipart body cannot be read; check its boundary.', param: 'file' });
  const file = form.get('file');
  const purpose = form.get('purpose');
  if (file === null || typeof file === 'string') throw badRequest({ message: 'file: the form has no file in the field `file`.', param: 'file' });
  if (purpose !== 'fine-tune') throw badRequest({ message: 'purpose: must be `fine-tune`; this server keeps no other files.', param: 'purpose' });
  return { filename: file.name, content: Buffer.from(await file.arrayBuffer()), purpose };
}
