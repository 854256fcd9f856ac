import { describe, expect, test } from 'vitest';
import type { SourcePosting } from '../../posting.ts';
import { normalise } from './normalise.ts';

const bare: SourcePosting = {
  nativeId: '1',
  url: 'https://example.com/1',
  applyUrls: [],
  title: 'IAM Engineer',
  company: 'Example Corp',
  places: [],
  country: null,
  workMode: 'unknown',
  employment: [],
  pay: null,
  statedAt: null,
  html: null,
  plain: null,
  textIsCut: false,
};
const of = (more: Partial<SourcePosting>) => normalise({ ...bare, ...more }, 'lever');

describe('plain fields', () => {
  test('are one line in one Unicode form without invisible characters', () => {
    const posting = of({ title: ' Ingénieur\u00a0 IAM \n (h/f)\u200b ', company: 'Example Corp ' });
    expect(posting.title).toBe('Ingénieur IAM (h/f)');
    expect(posting.company).toBe('Example Corp');
  });

  test('a company of blanks is no company', () => {
    expect(of({ company: ' \u00a0' }).company).toBeNull();
    expect(of({ company: null }).company).toBeNull();
  });

  test('a pay field that could be pay stays as the source states it', () => {
    const pay = { raw: '1 | 2', min: 60_000, max: 70_000, currency: 'EUR', period: 'year', estimated: true } as const;
    expect(of({ pay }).pay).toEqual(pay);
  });

  test('a pay field that cannot be pay keeps its words and loses its figures', () => {
    const pay = { raw: '1 | 2', min: 1, max: 2, currency: null, period: null, estimated: false };
    expect(of({ pay }).pay).toEqual({ ...pay, min: null, max: null });
  });

  test('pay that only the text tells is the pay', () => {
    const posting = of({ html: '<p>The salary is $120,000 to $140,000 a year.</p>', places: ['Austin, TX'] });
    expect(posting.pay).toMatchObject({
      min: 120_000,
      max: 140_000,
      currency: 'USD',
      period: 'year',
      estimated: false,
    });
    expect(posting.understood?.pay).toMatchObject({ from: 'text', yearly: { min: 120_000, max: 140_000, times: 1 } });
  });

  test('the currency of a bare dollar follows the place of work', () => {
    const html = '<p>The salary is $120,000 to $140,000 a year.</p>';
    expect(of({ html, places: ['Toronto, ON'] }).pay?.currency).toBe('CAD');
    expect(of({ html, places: ['Sydney, NSW'] }).pay?.currency).toBe('AUD');
  });
});

describe('the description', () => {
  test('of HTML becomes clean HTML and text with a line for each block', () => {
    const posting = of({
      html: '<h1>About us</h1><p>SSO &amp; MFA&nbsp;for <b>all</b></p><ul><li>SCIM</li><li>OIDC</li></ul><script>alert(1)</script>',
    });
    expect(posting.html).toBe(
      '<h2>About us</h2><p>SSO &amp; MFA\u00a0for <b>all</b></p><ul><li>SCIM</li><li>OIDC</li></ul>',
    );
    expect(posting.text).toBe('About us\n\nSSO & MFA for all\n\n* SCIM\n* OIDC');
  });

  test.each([
    ['<ul><li><p>SSO</p></li><li><div>MFA</div></li></ul>after', '* SSO\n\n* MFA\n\nafter'],
    ['Intro<div>next</div><div>last</div>', 'Intro\nnext\n\nlast'],
    ['a<br>b<br/>c', 'a\nb\nc'],
    ['<table><tr><th>Pay</th><td>1 &lt; 2</td></tr><tr><td>x</td></tr></table>', 'Pay 1 < 2\nx'],
    ['<p>if (a &lt; b) &amp;&amp; c &gt; d</p>', 'if (a < b) && c > d'],
    ['<a href="https://example.com/?a=1&b=%3E">link</a> text', 'link text'],
    ['&lt;b&gt;shown as text&lt;/b&gt;', '<b>shown as text</b>'],
    ['5 < 6 and 7 > 3', '5 < 6 and 7 > 3'],
  ])('of %s reads %j', (html, expected) => {
    expect(of({ html }).text).toBe(expected);
  });

  test('of plain text keeps its paragraphs and escapes what looks like a tag', () => {
    const posting = of({ plain: 'Run <Okta> & co.\r\n\r\n\r\n• SSO\n• MFA' });
    expect(posting.text).toBe('Run <Okta> & co.\n\n• SSO\n• MFA');
    expect(posting.html).toBe('<p>Run &lt;Okta&gt; &amp; co.</p><p>• SSO<br />• MFA</p>');
  });

  test('that is missing is empty', () => {
    expect(of({})).toMatchObject({ html: '', text: '' });
  });

  test('of megabytes is cut before it is parsed', () => {
    const posting = of({ html: `<p>${'word '.repeat(1_000_000)}</p>` });
    expect(posting.html.length).toBeLessThan(201_000);
    expect(posting.text.length).toBeLessThan(201_000);
  });

  test('of more tags than any advert has is shown as its text', () => {
    const posting = of({ html: `${'<p><b>'.repeat(20_000)}deep &lt;i&gt;` });
    expect(posting.html).toBe('<p>deep &lt;i&gt;</p>');
    expect(posting.text).toBe('deep <i>');
  });

  test('is made safe once, when it is asked for', () => {
    const posting = of({ html: '<p onclick="x()">SSO</p>' });
    expect(posting.html).toBe('<p>SSO</p>');
    expect({ ...posting }.html).toBe('<p>SSO</p>');
    expect(JSON.parse(JSON.stringify(posting)).html).toBe('<p>SSO</p>');
  });
});

describe('the clean HTML', () => {
  const clean = (html: string) => of({ html }).html;

  test.each([
    ['<script>alert(1)</script>', ''],
    ['<style>p{}</style>', ''],
    ['<img src=x onerror=alert(1)>', ''],
    ['<p onclick="alert(1)" style="color:red" class="x" id="y">t</p>', '<p>t</p>'],
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="\u00a0javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="java\nscript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
    ['<a href="/relative">x</a>', '<a>x</a>'],
    ['<a href="//evil.example/x">x</a>', '<a>x</a>'],
    ['<iframe src="https://evil.example"></iframe>', ''],
    ['<svg><a xlink:href="javascript:alert(1)">x</a></svg>', '<a>x</a>'],
    ['<form action="https://evil.example"><input name="q"></form>', ''],
    ['<base href="https://evil.example">', ''],
    ['<p>unclosed <b>bold', '<p>unclosed <b>bold</b></p>'],
    ['<td colspan="2" bgcolor="red">x</td>', '<td colspan="2">x</td>'],
  ])('of %s is %s', (html, expected) => {
    expect(clean(html)).toBe(expected);
  });

  test('keeps absolute links, always with the same rel', () => {
    expect(clean('<a href="HTTPS://Example.com/a b" rel="dofollow" target="_top">x</a>')).toBe(
      '<a href="https://example.com/a%20b" rel="nofollow noopener noreferrer ugc">x</a>',
    );
    expect(clean('<a href="mailto:jobs@example.com">x</a>')).toContain('mailto:jobs@example.com');
  });
});

describe('employment', () => {
  test.each([
    [['Full-time'], ['full_time']],
    [
      ['FULLTIME', 'CONTRACTOR'],
      ['contract', 'full_time'],
    ],
    [['Full-time and Contractor'], ['contract', 'full_time']],
    [['Part-time, Internship'], ['internship', 'part_time']],
    [['fulltime_permanent'], ['full_time', 'permanent']],
    [['Permanent, Full Time'], ['full_time', 'permanent']],
    [['Permanent Full-Time'], ['full_time', 'permanent']],
    [['Permanent contract'], ['permanent']],
    [['Fixed-term contract'], ['temporary']],
    [['Vollzeit, unbefristet'], ['full_time', 'permanent']],
    [['CDI'], ['permanent']],
    [['Full Time (Temporary)'], ['full_time', 'temporary']],
    [['Contract-to-hire'], ['contract']],
    [['full time', 'golang', 'senior'], ['full_time']],
    [['Exempt'], []],
    [['On call'], []],
    [[''], []],
    [[], []],
  ])('%j is the set %j', (stated, expected) => {
    expect(of({ employment: stated }).employment).toEqual(expected);
  });
});

describe('work mode', () => {
  test.each([
    [['Remote'], 'remote'],
    [['Remote - US', 'Austin, TX'], 'remote'],
    [['US Remote'], 'remote'],
    [['London (Remote)'], 'remote'],
    [['Remote_US'], 'remote'],
    [['Anywhere'], 'remote'],
    [['Worldwide'], 'remote'],
    [['Hybrid'], 'hybrid'],
    [['Distributed', 'Hybrid'], 'hybrid'],
    [['Bengaluru-Hybrid'], 'hybrid'],
    [['Remote or Hybrid, Berlin'], 'hybrid'],
    [['In-Office'], 'onsite'],
    [['New York (On-site)'], 'onsite'],
    [['Not remote, Boston'], 'unknown'],
    [['Remote site, Alaska'], 'unknown'],
    [['Distributed'], 'unknown'],
    [['Boston, MA'], 'unknown'],
    [[], 'unknown'],
  ])('of the places %j is %s', (places, expected) => {
    expect(of({ places }).workMode).toBe(expected);
  });

  test('of a field wins over what a place text says', () => {
    expect(of({ workMode: 'onsite', places: ['Remote'] }).workMode).toBe('onsite');
  });
});

describe('places', () => {
  test.each([
    [['Hybrid'], []],
    [['Fully remote'], []],
    [['Remote job'], []],
    [['Distributed', 'Hybrid'], []],
    [['Anywhere'], []],
    [['Worldwide'], ['Worldwide']],
    [['Austin, '], ['Austin']],
    [
      ['Remote - US', 'Austin, TX'],
      ['Remote - US', 'Austin, TX'],
    ],
    [['Boston, MA', ' Boston,  MA'], ['Boston, MA']],
  ])('%j become %j', (places, expected) => {
    expect(of({ places }).places).toEqual(expected);
  });
});

describe('country', () => {
  test.each([
    [['Remote - US', 'Austin, TX'], 'US'],
    [['Hartford, CT', 'Remote - Connecticut'], 'US'],
    [['London, United Kingdom'], 'GB'],
    [['London, England, United Kingdom'], 'GB'],
    [['Warsaw, Mazowieckie, Poland'], 'PL'],
    [['Dublin - Ireland'], 'IE'],
    [['Remote, Canada'], 'CA'],
    [['New York, New York'], 'US'],
    [['Washington, District of Columbia'], 'US'],
    [['San Francisco, CA'], 'US'],
    [['Toronto, CA'], 'CA'],
    [['Berlin, DE'], 'DE'],
    [['Wilmington, DE'], 'US'],
    [['Bangalore, IN'], 'IN'],
    [['Paris, TX'], 'US'],
    [['Paris'], null],
    [['Cambridge, '], null],
    [['Tbilisi, Georgia'], 'GE'],
    [['Georgia'], null],
    [['London, United Kingdom', 'Paris, France'], null],
    [['US Remote: East Coast, or Paris, France'], null],
    [['Europe, UK, Germany, France'], null],
    [['London, England, UK'], 'GB'],
    [['Amsterdam, NL', 'London, UK'], null],
    [['Hybrid', 'Quincy, MA'], 'US'],
    [['2 Locations'], null],
    [['Remote (EU)'], null],
    [['Worldwide'], null],
    [[], null],
  ])('of %j is %s', (places, expected) => {
    expect(of({ places }).country).toBe(expected);
  });

  test.each([
    ['us', 'US'],
    ['United States', 'US'],
    ['UK', 'GB'],
    ['', null],
    ['Narnia', null],
  ])('field %j is %s', (country, expected) => {
    expect(of({ country }).country).toBe(expected);
  });

  test('of a field wins over the places', () => {
    expect(of({ country: 'IN', places: ['London, United Kingdom'] }).country).toBe('IN');
  });
});

describe('what is understood', () => {
  test('comes in one place: places, who may do it, language, contradictions, unknown words', () => {
    const posting = of({
      title: 'IAM Engineer',
      places: ['Austin, TX', 'Remote - US'],
      employment: ['Full-time', 'Moonlighter'],
      html: '<p>You will run the identity platform for our team. This role is hybrid, with two days a week in the office.</p>',
    });
    expect(posting).toMatchObject({ workMode: 'remote', country: 'US', employment: ['full_time'] });
    expect(posting.understood).toMatchObject({
      pay: null,
      places: [{ city: 'Austin', region: 'TX', country: 'US', county: null, text: 'Austin, TX' }],
      eligibility: { countries: ['US'], regions: [], timeZones: null },
      conflict: { stated: 'remote', told: 'hybrid' },
      language: 'en',
      unknownEmployment: ['moonlighter'],
    });
  });

  test('employment that the source does not state is read from the words of the advert', () => {
    expect(of({ title: 'IAM Engineer - Contract' }).employment).toEqual(['contract']);
    expect(of({ title: 'IAM Engineer - Contract', employment: ['Full-time'] }).employment).toEqual(['full_time']);
  });
});
