import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_DIGITS, numberText, writeNumber } from './digits.ts';
import { Lines } from './lines.ts';

const text = (lines: Lines) => {
  const parts: Buffer[] = [];
  lines.addTo(parts);
  const bytes = Buffer.concat(parts);
  return bytes.toString();
};
const numbers = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.nat(100),
  fc.constantFrom(2 ** 53, 1e21, 5e-324, -0, 999_999_999, 1e9),
);

test('numbers are written as JavaScript writes them, within their room', () => {
  fc.assert(
    fc.property(numbers, (value) => {
      const bytes = Buffer.alloc(MAX_DIGITS);
      const end = writeNumber(value, bytes, 0);
      expect(bytes.toString('latin1', 0, end)).toBe(numberText(value));
    }),
    { numRuns: 2000 },
  );
  expect([Number.NaN, Infinity, -Infinity, -0, 1e21].map(numberText)).toEqual(['NaN', '+Inf', '-Inf', '0', '1e+21']);
});

test('lines changed in place are the lines written anew', () => {
  const changes = fc.array(fc.tuple(fc.nat(699), numbers), { maxLength: 300 });
  fc.assert(
    fc.property(changes, (list) => {
      const values = Array.from({ length: 700 }, (_, i) => i);
      const prefix = (i: number) => `metric_with_a_long_name{label="ä ${'x'.repeat(i % 50)}"} `;
      const lines = new Lines(values.map((value, i) => ({ prefix: prefix(i), value })));
      for (const [line, value] of list) {
        lines.set(line, value);
        values[line] = value;
      }
      const expected = values.map((value, i) => prefix(i) + numberText(value));
      expect(text(lines)).toBe(`${expected.join('\n')}\n`);
      expect([...lines.texts()].map(String)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('a value that stays is no change', () => {
  const lines = new Lines([{ prefix: 'a ', value: Number.NaN }]);
  expect([lines.set(0, Number.NaN), lines.set(0, 1), lines.set(0, 1)]).toEqual([false, true, false]);
});
