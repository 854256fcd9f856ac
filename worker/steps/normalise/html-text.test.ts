import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitise } from './html.ts';
import { htmlText } from './html-text.ts';

describe('the text of HTML', () => {
  test.each([
    ['a<script>var x = "</p>";</script>b', 'ab'],
    ['a<script src="x"/>b', 'ab'],
    ['a<script>b', 'a'],
    ['a<style>p { color: red }</style >b', 'ab'],
    ['<p title="a > b">Okta</p>', 'Okta'],
    ["<p title='it\"s > here'>Okta</p>", 'Okta'],
    ['<p title="never closed>Okta</p>', 'Okta'],
    ['a <!-- <b>Okta</b> > --> b', 'a b'],
    ['a <!-- never closed', 'a'],
    ['<!doctype html><?xml version="1.0"?>Okta', 'Okta'],
    ['5 < 6 and 7 > 3, <3', '5 < 6 and 7 > 3, <3'],
    ['IAM<br/>PAM<BR>IGA', 'IAM\nPAM\nIGA'],
    ['<H3>Tasks</H3><P>Run Okta', 'Tasks\n\nRun Okta'],
    ['one<p>two<p>three', 'one\n\ntwo\n\nthree'],
    ['&lt;b&gt;Okta&lt;/b&gt; &amp;amp;', '<b>Okta</b> &amp;'],
    ['', ''],
    ['<', '<'],
    ['<p', ''],
    ['</', '</'],
  ])('%j reads %j', (html, text) => {
    expect(htmlText(html)).toBe(text);
  });

  // Elements that end others by beginning are left out: a browser moves them around before anybody reads them.
  test('is the same from HTML as it came and from what is shown of it', () => {
    const tag = fc.constantFrom('div', 'ul', 'strong', 'span', 'em', 'blockquote');
    const words = fc.constantFrom('Okta', ' SSO ', 'a &amp; b', '1 &lt; 2', '&nbsp;', '\n', 'é', 'x<br>y', '');
    const { tree } = fc.letrec<{ tree: string; node: string }>((tie) => ({
      node: fc.tuple(tag, tie('tree')).map(([name, inner]) => `<${name} class="a b">${inner}</${name}>`),
      tree: fc.array(fc.oneof({ maxDepth: 4 }, words, tie('node')), { maxLength: 4 }).map((parts) => parts.join('')),
    }));
    fc.assert(
      fc.property(tree, (html) => {
        expect(htmlText(sanitise(html)).split(/\s+/)).toEqual(htmlText(html).split(/\s+/));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['open tags', '<p '],
    ['quotes', '<a b="'],
    ['comments', '<!--'],
    ['scripts', '<script>'],
    ['ends', '</script'],
    ['brackets', '<'],
  ])('of two hundred thousand characters of %s takes a moment', (_, piece) => {
    const startedAt = process.cpuUsage();
    htmlText(piece.repeat(200_000 / piece.length));
    const { user, system } = process.cpuUsage(startedAt);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});
