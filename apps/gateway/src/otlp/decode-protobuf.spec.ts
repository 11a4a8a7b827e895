import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from '@jest/globals';
import { interactionsOfTraces } from '@ratchet/genai-spans';
import { seededRandom } from '@ratchet/testing';
import { chatSpan, jsonRequest, protobufRequest } from '../spec-support/otlp-request.js';
import { decodeTraces } from './decode-protobuf.js';

const spans = [chatSpan(0), { ...chatSpan(1), attributes: { ...chatSpan(1).attributes, 'gen_ai.usage.cost': 0.25, 'ratchet.flag': true, 'gen_ai.usage.output_tokens': 9 } }];

/** A list in a list in a list, as an attribute's value. */
const nestedLists = (levels: number): Uint8Array => {
  let value: Uint8Array = new BinaryWriter().tag(1, WireType.LengthDelimited).string('bottom').finish();
  for (let level = 0; level < levels; level += 1) {
    const list = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(value).finish();
    value = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(list).finish();
  }
  const pair = new BinaryWriter().tag(1, WireType.LengthDelimited).string('deep').tag(2, WireType.LengthDelimited).bytes(value).finish();
  const resource = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(pair).finish();
  const ofResource = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(resource).finish();
  return new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(ofResource).finish();
};

describe('decodeTraces', () => {
  it('gives what the JSON form gives', () => {
    const decoded = interactionsOfTraces(decodeTraces(protobufRequest(spans)));
    expect(decoded).toEqual(interactionsOfTraces(jsonRequest(spans)));
    expect(decoded.interactions).toHaveLength(2);
  });

  it('passes over fields that it does not know', () => {
    const unknown = new BinaryWriter().tag(99, WireType.LengthDelimited).string('new').tag(98, WireType.Varint).int32(7).finish();
    expect(interactionsOfTraces(decodeTraces(Buffer.concat([protobufRequest(spans), unknown]))).interactions).toHaveLength(2);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a length beyond the end', Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f), /longer|EOF/u],
    ['a number without an end', new Uint8Array(64).fill(0xff), /varint|tag/u],
    ['groups in groups', new Uint8Array(500_000).fill(0x0b), /recursion/u],
    ['values that nest without end', nestedLists(2_000), /levels deep/u],
    ['more messages than a request has', Uint8Array.from({ length: 2_000_002 }, (_, at) => (at % 2 === 0 ? 0x0a : 0)), /values/u],
    ['a field that is longer than its message', Uint8Array.of(0x0a, 0x04, 0x0a, 0x02, 0x0a, 0x05, 0x0a, 0x03, 0x61, 0x62, 0x63), /longer/u],
  ])('refuses %s', (_what, encoded, message) => {
    expect(() => decodeTraces(encoded)).toThrow(message);
  });

  it('throws, or gives what can be mapped, whatever is changed in a request', () => {
    const random = seededRandom(7);
    const original = protobufRequest(spans);
    let refused = 0;
    for (let round = 0; round < 3_000; round += 1) {
      const changed = Buffer.from(original.subarray(0, random.between(1, original.length)));
      for (let at = 0; at < 3; at += 1) changed[random.between(0, changed.length - 1)] = random.between(0, 255);
      try {
        const { interactions, problems } = interactionsOfTraces(decodeTraces(changed));
        expect(interactions.length + problems.length).toBeLessThanOrEqual(spans.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });
});
