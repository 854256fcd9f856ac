/** What people type is read as titles and companies are stored: two roles that may not share the code must not drift apart. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { words } from '../../api/inputs.ts';
import { tidyLine } from '../../worker/steps/normalise/text.ts';

test('any text is the same line for the search and for the store', () => {
  const odd = fc.constantFrom(
    '\u00AD',
    '\u200B',
    '\u2060',
    '\uFEFF',
    '\u00A0',
    '\u3000',
    '\t',
    '\n',
    'e\u0301',
    'ﬁ',
    'Å',
  );
  const piece = fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 5 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('').replaceAll('\0', '');
      fc.pre(text.length <= 200);
      expect(words.parse(text)).toBe(tidyLine(text));
    }),
    { numRuns: 500 },
  );
});
