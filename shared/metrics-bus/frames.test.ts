import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import { decodeFrame, encodeFrame, FrameError, HEADER_BYTES, MAX_SLOT, TYPE } from './frames.ts';

const changes = fc
  .uniqueArray(fc.integer({ min: 0, max: MAX_SLOT }), { maxLength: 300 })
  .map((slots) => Uint32Array.from(slots).sort())
  .chain((slots) =>
    fc.tuple(fc.constant(slots), fc.array(fc.double(), { minLength: slots.length, maxLength: slots.length })),
  );

describe('frames', () => {
  test('come out as they went in, with NaN, infinities and minus zero', () => {
    fc.assert(
      fc.property(changes, fc.option(fc.jsonValue(), { nil: undefined }), ([slots, values], notes) => {
        const frame = decodeFrame(
          encodeFrame(TYPE.state, { flags: 3, request: 7, notes, slots, values: Float64Array.from(values) }),
        );
        expect(frame).toMatchObject({ type: TYPE.state, flags: 3, request: 7 });
        expect(JSON.stringify(frame.notes)).toBe(JSON.stringify(notes));
        expect([...frame.slots]).toEqual([...slots]);
        expect([...frame.values]).toEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  test('cost 12 bytes for a lone counter, and 8 for each neighbour', () => {
    const bytes = (...slots: number[]) =>
      encodeFrame(TYPE.state, { slots: Uint32Array.from(slots), values: new Float64Array(slots.length) }).length -
      HEADER_BYTES;
    expect([bytes(9), bytes(9, 11), bytes(9, 10)]).toEqual([12, 24, 20]);
  });

  test('survive being cut anywhere', () => {
    const frames = [
      encodeFrame(TYPE.hello, { notes: { role: 'api' } }),
      Buffer.concat([encodeFrame(TYPE.page, {}, 500), Buffer.alloc(500, 'x')]),
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (steps) => {
        const reader = new FrameReader(1000);
        const stream = Buffer.concat([...frames, ...frames]);
        const bodies: [number, Buffer][] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const step = steps[i % steps.length]!;
          // In memory that is used again, as a socket's may be.
          const chunk = Buffer.from(stream.subarray(at, at + step));
          reader.push(chunk, ({ type, body }) => bodies.push([type, body]));
          chunk.fill(0);
          at += step;
        }
        const seen = bodies.map(([type, body]) => [type, body.toString()]);
        const page = [TYPE.page, 'x'.repeat(500)];
        expect(seen).toEqual([[TYPE.hello, ''], page, [TYPE.hello, ''], page]);
      }),
      { numRuns: 100 },
    );
  });

  test('that are garbage raise FrameError and nothing else', () => {
    const valid = encodeFrame(TYPE.state, {
      notes: { schema: [] },
      slots: Uint32Array.of(1, 2, 9),
      values: Float64Array.of(1, 2, 3),
    });
    const damaged = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((bytes) => {
        const copy = Buffer.from(valid);
        for (const [at, byte] of bytes) copy.writeUInt8(byte, at);
        return copy;
      });
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      damaged,
    );
    fc.assert(
      fc.property(garbage, (bytes) => {
        try {
          new FrameReader(1000).push(bytes, ({ slots, values }) => expect(slots.length).toBe(values.length));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test('larger than the limit are refused before they are read', () => {
    const huge = Buffer.alloc(HEADER_BYTES);
    huge.writeUInt32LE(2 ** 31);
    expect(() => new FrameReader(1000).push(huge, () => {})).toThrow(expect.objectContaining({ reason: 'too_large' }));
  });

  test('of another version are refused as such', () => {
    const frame = encodeFrame(TYPE.hello);
    frame.writeUInt8(9, 5);
    expect(() => decodeFrame(frame)).toThrow(expect.objectContaining({ reason: 'version' }));
  });
});
