import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './json.ts';

const LONG = '6171083670778667347';

test('a number of too many digits comes as text wherever it stands', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 70 }), fc.integer({ min: 1, max: 25 }), fc.string(), (before, digits, after) => {
      const number = '123456789'.repeat(3).slice(0, digits);
      const text = `{"before":${JSON.stringify(before)},"id":${number},"after":${JSON.stringify(after)}}`;
      const id = Number.isSafeInteger(Number(number)) ? Number(number) : number;
      expect(parseJson(text)).toEqual({ before, id, after });
    }),
    { seed: 7, numRuns: 300 },
  );
});

test.each([LONG, `-${LONG}`])('%s is the same at each place of a text', (number) => {
  for (let blanks = 0; blanks < 40; blanks++) {
    expect(parseJson(`${' '.repeat(blanks)}[${number}]`)).toEqual([number]);
    expect(parseJson(`[${number}${' '.repeat(blanks)}]`)).toEqual([number]);
  }
});

test('a fraction is no id, and digits in a text are a text', () => {
  const text = '[0.1234567890123456789, "12345678901234567890", 1e300]';
  expect(parseJson(text)).toEqual(JSON.parse(text));
});
