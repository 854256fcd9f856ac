import { describe, expect, test } from 'vitest';
import { structuredData } from './json-ld.ts';

const script = (text: string, type = 'application/ld+json') => `<script type="${type}">${text}</script>`;
const posting = (title: string) => ({ '@context': 'https://schema.org/', '@type': 'JobPosting', title });
const titles = (html: string) => structuredData(html).postings.map(({ title }) => title);

describe('postings are found', () => {
  test.each([
    ['alone', posting('A'), ['A']],
    ['in a list', [{ '@type': 'BreadcrumbList' }, posting('A'), posting('B')], ['A', 'B']],
    ['in a graph', { '@graph': [{ '@type': 'WebPage' }, posting('A')] }, ['A']],
    [
      'in a list of items',
      { '@type': 'ItemList', itemListElement: [{ '@type': 'ListItem', item: posting('A') }] },
      ['A'],
    ],
    ['under a page', { '@type': 'WebPage', mainEntity: posting('A') }, ['A']],
    ['with several types', { ...posting('A'), '@type': ['Thing', 'JobPosting'] }, ['A']],
    ['with a type as an address', { ...posting('A'), '@type': 'http://schema.org/JobPosting' }, ['A']],
    ['not under another type', { ...posting('A'), '@type': 'JobPostingList' }, []],
    ['not without a type', { title: 'A' }, []],
  ])('%s', (_, json, expected) => {
    expect(titles(script(JSON.stringify(json)))).toEqual(expected);
  });

  test('in every block of a page, in any spelling of its type, and in nothing else', () => {
    const html = `<!doctype html><head>
      ${script(JSON.stringify(posting('A')))}
      <SCRIPT data-x TYPE='application/LD+JSON; charset=utf-8'>${JSON.stringify(posting('B'))}</SCRIPT>
      ${script(JSON.stringify(posting('no')), 'application/json')}
      <!-- ${script(JSON.stringify(posting('no')))} -->
      <script>var x = '<script type="application/ld+json">{"@type":"JobPosting","title":"no"}';</script>
      <p>${JSON.stringify(posting('no'))}</p></head>`;
    expect(titles(html)).toEqual(['A', 'B']);
  });

  test('without the tags inside their texts ending the block, where those are escaped', () => {
    const html = script(JSON.stringify({ ...posting('A'), description: '<b>x</b></script>' }).replaceAll('</', '<\\/'));
    expect(structuredData(html)).toMatchObject({ postings: [{ description: '<b>x</b></script>' }], blocks: 1 });
  });

  test('with ids of 64 bits digit by digit', () => {
    const html = script('{"@type":"JobPosting","title":"A","identifier":{"value":9007199254740993}}');
    expect(structuredData(html).postings).toMatchObject([{ identifier: { value: '9007199254740993' } }]);
  });
});

describe('what pages get wrong is mended', () => {
  const json = JSON.stringify({ ...posting('A'), description: '<p>R&amp;D</p>', pay: '$5' });
  test.each([
    ['a CDATA guard', `\n//<![CDATA[\n${json}\n//]]>\n`],
    ['a CDATA guard in comments', `/*<![CDATA[*/ ${json} /*]]>*/`],
    ['a bare CDATA guard', `<![CDATA[${json}]]>`],
    ['an HTML comment as guard', `<!--\n${json}\n-->`],
    [
      'a block that was encoded as a whole',
      json.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
    ],
    ['a dollar that was escaped', json.replace('$5', '\\$5')],
    [
      'a comma that is missing',
      json
        .replace('"pay"', '"hiringOrganization":{"name":"Acme"},"pay"')
        .replace(',"hiringOrganization"', '\n"hiringOrganization"'),
    ],
  ])('%s', (_, text) => {
    const { postings, broken } = structuredData(script(text));
    expect(postings).toMatchObject([{ title: 'A', description: '<p>R&amp;D</p>', pay: '$5' }]);
    expect(broken).toBe(0);
  });

  test('line breaks, tabs and other control characters inside a text', () => {
    const html = script(
      '{"@type": "JobPosting",\n\t"title": "IAM\nEngineer\t(Okta)\u0001", "note": "a\\nb \\u00e9 \\q \\" \\\\"}',
    );
    expect(structuredData(html).postings).toMatchObject([{ title: 'IAM\nEngineer\t(Okta) ', note: 'a\nb é q " \\' }]);
  });

  test('keys in PascalCase, at any depth', () => {
    const json = {
      '@type': 'JobPosting',
      Title: 'A',
      JobLocation: [{ Address: { AddressLocality: 'Columbus' } }],
      URL: 'kept',
    };
    expect(structuredData(script(JSON.stringify(json))).postings).toEqual([
      { '@type': 'JobPosting', title: 'A', jobLocation: [{ address: { addressLocality: 'Columbus' } }], URL: 'kept' },
    ]);
  });

  test('but not where both spellings are there', () => {
    const json = { '@type': 'JobPosting', title: 'right', Title: 'wrong' };
    expect(structuredData(script(JSON.stringify(json))).postings).toMatchObject([{ title: 'right', Title: 'wrong' }]);
  });
});

describe('what cannot be read', () => {
  const good = script(JSON.stringify(posting('A')));
  const counted = (html: string) => {
    const { postings, blocks, broken } = structuredData(html);
    return { postings: postings.length, blocks, broken };
  };

  test('is counted when it speaks of a posting', () => {
    const html = good + script('{"@type":"JobPosting","title":') + script('{"@type":"Organization",');
    expect(counted(html)).toEqual({ postings: 1, blocks: 1, broken: 1 });
  });

  test('is a page without structured data, with an empty block, or with another format', () => {
    for (const html of ['', '<h1>We are down for maintenance</h1>', script(''), script('   '), '{"jobs":[]}']) {
      expect(counted(html)).toEqual({ postings: 0, blocks: 0, broken: 0 });
    }
  });

  test('is a block that the page ends in', () => {
    const cut = good + script(JSON.stringify(posting('B'))).slice(0, -20);
    expect(counted(cut)).toEqual({ postings: 1, blocks: 1, broken: 1 });
  });

  test('is a block of more than a megabyte, and what comes after two hundred blocks', () => {
    const huge = script(JSON.stringify({ ...posting('B'), description: 'x'.repeat(1_100_000) }));
    expect(counted(good + huge)).toEqual({ postings: 1, blocks: 1, broken: 1 });
    expect(counted(good.repeat(300))).toEqual({ postings: 200, blocks: 200, broken: 1 });
    expect(counted(good.repeat(200))).toEqual({ postings: 200, blocks: 200, broken: 0 });
  });

  test('is what lies too deep, and depth breaks nothing', () => {
    const deep = `${'['.repeat(50_000)}${JSON.stringify(posting('A'))}${']'.repeat(50_000)}`;
    expect(counted(script(deep)).postings).toBe(0);
    const nested = `{"@type":"JobPosting","title":"A","a":${'{"A":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;
    expect(counted(script(nested)).postings).toBe(1);
  });

  test.each([
    ['blanks', ' '.repeat(900_000)],
    ['quotation marks', '"'.repeat(900_001)],
    ['backslashes', `"${'\\'.repeat(900_000)}`],
    ['openings', '{'.repeat(900_000)],
    ['guards', '<!--'.repeat(200_000)],
    ['slashes', '//'.repeat(400_000)],
    ['keys without a comma', '"hiringOrganization" '.repeat(40_000)],
  ])('takes no time when it is made of %s', (_, text) => {
    const started = performance.now();
    structuredData(script(`JobPosting ${text}`) + script(`${text} JobPosting`));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test.each([
    ['tags that are opened', '<div>'.repeat(100_000) + '</span>'.repeat(100_000)],
    ['openings of tags', '<'.repeat(1_000_000)],
    ['attributes', `<a ${'b="c" '.repeat(300_000)}>`],
    ['comments', '<!--'.repeat(300_000)],
    ['scripts', '<script type="application/ld+json">'.repeat(50_000)],
  ])('takes no time when the page is made of %s', (_, html) => {
    const started = performance.now();
    structuredData(html);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('does not reach a prototype', () => {
    structuredData(
      script(
        '{"@type":"JobPosting","title":"A","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      ),
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
