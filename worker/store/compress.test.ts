import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compress } from './compress.ts';

test('every frame gives its own text back, whatever came before', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 2000 }),
    fc.nat(600_000).map((n) => 'okta '.repeat(n)),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
      const frames = texts.map(compress);
      expect(frames.map((frame) => zstdDecompressSync(frame).toString())).toEqual(texts);
    }),
    { numRuns: 60, seed: 5 },
  );
});

test('a text that does not shrink and is larger than the buffer comes back whole', () => {
  let state = 1;
  const noise = Array.from({ length: 900_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return String.fromCharCode(32 + ((state >>> 16) % 90));
  }).join('');
  expect(zstdDecompressSync(compress(noise)).toString()).toBe(noise);
  expect(zstdDecompressSync(compress('after')).toString()).toBe('after');
});
