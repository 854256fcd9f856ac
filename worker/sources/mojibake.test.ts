import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repairMojibake } from './mojibake.ts';

const asMojibake = (text: string) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));

test.each([
  ['GonaÃ¯ves', 'Gonaïves'],
  ['CafÃ© â€“ naÃ¯ve â€œquotesâ€\u009d, weâ€™re', 'Café – naïve “quotes”, we’re'],
  ['ZoÃ« earns 5Â\u00a0000Â\u00a0â‚¬', 'Zoë earns 5\u00a0000\u00a0€'],
  ['ðŸ”‘ IAM', '🔑 IAM'],
])('%j is repaired', (broken, whole) => {
  expect(repairMojibake(broken)).toBe(whole);
});

test.each([
  'plain ASCII',
  'Café',
  'ÄRZTE ÜBER ALLES',
  'São Paulo',
  'Ünïcödé “quotes” – fine',
  'half CafÃ© and half Café',
  'cut in the middle Ã',
  'Łódź Ã©',
  '日本語',
  '',
])('%j is left alone', (text) => {
  expect(repairMojibake(text)).toBe(text);
});

test('whatever was written comes back when the damage can be seen, and nothing else is touched', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const repaired = repairMojibake(asMojibake(text));
      expect([text, asMojibake(text)]).toContain(repaired);
    }),
    { numRuns: 500 },
  );
});
