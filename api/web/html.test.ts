import { describe, expect, test } from 'vitest';
import { html, safeUrl, trusted } from './html.ts';

describe('html', () => {
  test('escapes what is put in, in text and in attributes', () => {
    expect(html`<a title="${`"><b>'&`}">${'<i>'}</a>`.text).toBe(
      '<a title="&quot;&gt;&lt;b&gt;&#39;&amp;">&lt;i&gt;</a>',
    );
  });

  test('takes templates, lists of them and trusted markup as they are; nothing for what is not there', () => {
    expect(html`${[html`<b>${1}</b>`, [' ', trusted('<hr>')]]}${null}${undefined}${false}${0}${''}`.text).toBe(
      '<b>1</b> <hr>0',
    );
  });

  test('does not take an object of a stranger for markup', () => {
    expect(html`${JSON.parse('{"text":"<b>"}')}`.text).not.toContain('<b>');
  });
});

describe('safeUrl', () => {
  test.each([
    ['https://a.example/x?y#z', true],
    ['HTTP://a.example', true],
    ['javascript:alert(1)', false],
    [' javascript:alert(1)', false],
    ['java\nscript:alert(1)', false],
    ['data:text/html,x', false],
    ['//evil.example', false],
    ['/jobs', false],
    ['', false],
  ])('%j leads somewhere: %s', (url, good) => {
    expect(safeUrl(url)).toBe(good ? url : '#');
  });
});
