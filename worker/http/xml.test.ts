import { describe, expect, test } from 'vitest';
import { xmlFormat } from './xml.ts';

const { parse } = xmlFormat((path) => path === 'feed.item');

describe('XML', () => {
  test('is read as objects, lists and scalars', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <feed><title lang="en">Jobs</title><empty/><item><id>7</id><name>A &amp; B</name></item></feed>`;
    expect(parse(text)).toEqual({ feed: { title: 'Jobs', empty: '', item: [{ id: 7, name: 'A &amp; B' }] } });
  });

  test('loses no digit, no zero and no sign of a text that only looks like a number', () => {
    const texts = ['007', '1e3', '0x1A', '+49', '1.50', '9007199254740993', 'Infinity', 'NaN', '-0', '12 '];
    const written = texts.map((text) => `<item>${text}</item>`).join('');
    expect(parse(`<feed>${written}</feed>`)).toEqual({ feed: { item: texts.map((text) => text.trim()).map(twelve) } });
  });

  test('inside CDATA is text, also the end of an element and a document type', () => {
    const html = '<!DOCTYPE html><p>ends with </item> &amp; goes on</p>';
    expect(parse(`<feed><item><![CDATA[${html}]]></item></feed>`)).toEqual({ feed: { item: [html] } });
  });
});

/** Of the texts above the only one that a number is written as. */
const twelve = (text: string) => (text === '12' ? 12 : text);

describe('is refused when it', () => {
  const entities = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">';
  test.each([
    ['has a document type', '<!DOCTYPE feed><feed/>'],
    [
      'has one after other things',
      '<?xml version="1.0"?>\n<!-- hello -->\n<!doctype feed SYSTEM "file:///etc/passwd"><feed/>',
    ],
    ['has one after thousands of comments', `${'<!-- -->'.repeat(50_000)}<!DOCTYPE feed><feed/>`],
    ['has one behind megabytes of blanks', `${' '.repeat(3_000_000)}<!DOCTYPE feed><feed/>`],
    ['begins with a comment that does not end', `<!--${'-- '.repeat(100_000)}<feed/>`],
    ['declares entities', `<?xml version="1.0"?><!DOCTYPE feed [${entities}]><feed>&b;</feed>`],
    ['is cut off', '<feed><item>1</item><item>2'],
    ['is cut off between two items', '<feed><item>1</item>'],
    ['closes what it did not open', '<feed><item></feed></item>'],
    ['is a page for people', '<html><p>Sorry<br></html>'],
    ['is JSON', '{"feed":{}}'],
    ['is plain text', 'Not found'],
    ['nests without end', `<feed>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</feed>`],
    ['reaches for a prototype', '<feed><__proto__><polluted>1</polluted></__proto__></feed>'],
  ])('%s', (_, text) => {
    expect(() => parse(text)).toThrow(Error);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
