import fc from 'fast-check';
import he from 'he';
import { describe, expect, test } from 'vitest';
import { decodeEntities } from './entities.ts';

describe('character references', () => {
  test('are decoded once', () => {
    expect(decodeEntities('&amp;lt;p&amp;gt; &lt;b&gt; &amp;amp;')).toBe('&lt;p&gt; <b> &amp;');
  });

  test('of every kind mean what the library says', () => {
    const pieces = fc.constantFrom(
      ...[
        '&amp;',
        '&AMP',
        '&notit;',
        '&ampfoo',
        '&#38lt;',
        '&#x26;',
        '&#X27;',
        '&#128;',
        '&#0;',
        '&#xD800;',
        '&#99999999;',
      ],
      ...[
        '&',
        '&;',
        '&#;',
        '&#x;',
        '&eacute',
        '&Eacute;',
        '&nbsp;',
        '&nbsp',
        '&zwnj;',
        '&CounterClockwiseContourIntegral;',
      ],
      ...['x', ' ', ';', '#', 'lt', '<', 'é', '1'],
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((list) => list.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (some) => {
        expect(decodeEntities(some)).toBe(he.decode(some));
      }),
      { numRuns: 3000 },
    );
  });

  test('by the hundred thousand take no time that grows with their square', () => {
    expect(decodeEntities('&amp;'.repeat(100_000))).toBe('&'.repeat(100_000));
    expect(decodeEntities('&'.repeat(100_000))).toBe('&'.repeat(100_000));
  });
});
