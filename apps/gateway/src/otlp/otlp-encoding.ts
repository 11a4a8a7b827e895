import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { jsonShapeProblem } from '../http/json-shape.js';
import { decodeTraces } from './decode-protobuf.js';

export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';
export type OtlpEncoding = typeof PROTOBUF | typeof JSON_TYPE;

const unzip = promisify(gunzip);

/** Codes of google.rpc.Status. */
export const rpcCodes = { invalidArgument: 3, resourceExhausted: 8, internal: 13, unavailable: 14 } as const;

/** A request that cannot be taken, as HTTP and google.rpc say it. */
export class OtlpRefusal extends Error {
  override readonly name = 'OtlpRefusal';

  constructor(
    readonly status: 400 | 413 | 415 | 429 | 500 | 503,
    message: string,
  ) {
    super(message);
  }

  get rpcCode(): number {
    if (this.status === 429 || this.status === 413) return rpcCodes.resourceExhausted;
    return this.status === 503 ? rpcCodes.unavailable : this.status === 500 ? rpcCodes.internal : rpcCodes.invalidArgument;
  }
}

/** The body as it was before it was compressed; never more than `bytesMax`, however small it came. @throws {OtlpRefusal} */
export const decompressed = async (body: Buffer, contentEncoding: string | undefined, bytesMax: number): Promise<Buffer> => {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip') throw new OtlpRefusal(415, `content-encoding ${JSON.stringify(encoding.slice(0, 40))} is not known here; send gzip, or none`);
  try {
    return await unzip(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new OtlpRefusal(413, `decompressed, the body has more than ${bytesMax} bytes`);
    throw new OtlpRefusal(400, 'the body is not gzip');
  }
};

const isTraceRequest = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { resourceSpans } = value as { resourceSpans?: unknown };
  return resourceSpans === undefined || resourceSpans === null || Array.isArray(resourceSpans);
};

/** @throws {OtlpRefusal} with 400 where the body is no trace request */
export const decodeRequest = (body: Buffer, encoding: OtlpEncoding): unknown => {
  if (encoding === PROTOBUF) {
    try {
      return decodeTraces(body);
    } catch (error) {
      throw new OtlpRefusal(400, `the body is not an ExportTraceServiceRequest: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const text = body.toString('utf8');
  const problem = jsonShapeProblem(text);
  if (problem !== undefined) throw new OtlpRefusal(400, `the body cannot be taken: ${problem}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new OtlpRefusal(400, 'the body is not JSON');
  }
  if (!isTraceRequest(value)) throw new OtlpRefusal(400, 'the body is not an ExportTraceServiceRequest: an object with an array resourceSpans');
  return value;
};

export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly errorMessage: string;
}

/** ExportTraceServiceResponse; empty where all was taken. */
export const encodeResponse = (encoding: OtlpEncoding, partial: PartialSuccess | undefined): Buffer => {
  if (encoding === JSON_TYPE) {
    // 64-bit integers are texts in protobuf's JSON form.
    return Buffer.from(JSON.stringify(partial ? { partialSuccess: { rejectedSpans: String(partial.rejectedSpans), errorMessage: partial.errorMessage } } : {}));
  }
  const writer = new BinaryWriter();
  if (partial) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Varint).int64(partial.rejectedSpans).tag(2, WireType.LengthDelimited).string(partial.errorMessage);
    writer.join();
  }
  return Buffer.from(writer.finish());
};

/** google.rpc.Status. */
export const encodeStatus = (encoding: OtlpEncoding, { rpcCode, message }: OtlpRefusal): Buffer => {
  if (encoding === JSON_TYPE) return Buffer.from(JSON.stringify({ code: rpcCode, message }));
  return Buffer.from(new BinaryWriter().tag(1, WireType.Varint).int32(rpcCode).tag(2, WireType.LengthDelimited).string(message).finish());
};
