import { describe, expect, test } from 'vitest';
import { parseCareersUrl } from './careers-url.ts';
import { BoardRefusedError, quoted, shortText } from './refusal.ts';

describe('an address is read as it is meant', () => {
  test.each([
    ['example.com/careers', 'https://example.com/careers'],
    ['http://example.com/careers', 'https://example.com/careers'],
    ['http://example.com:80/careers', 'https://example.com/careers'],
    ['HTTPS://Example.COM/Careers', 'https://example.com/Careers'],
    ['https://example.com./careers#openings', 'https://example.com/careers'],
    ['https://bücher.example/stellen/übersicht', 'https://xn--bcher-kva.example/stellen/%C3%BCbersicht'],
    ['https://example.com/jobs?utm_source=a&dept=it&fbclid=x', 'https://example.com/jobs?dept=it'],
    ['https://example.com/jobs?gh_jid=77&gh_src=abc', 'https://example.com/jobs?gh_jid=77'],
    ['https://example.com/jobs?gclid=1', 'https://example.com/jobs'],
    ['https://93.184.216.34.example.com/', 'https://93.184.216.34.example.com/'],
  ])('%s', (text, expected) => {
    expect(parseCareersUrl(text).href).toBe(expected);
  });
});

describe('an address is refused', () => {
  const refusal = (text: string): BoardRefusedError => {
    try {
      parseCareersUrl(text);
    } catch (error) {
      if (error instanceof BoardRefusedError) return error;
      throw error;
    }
    throw new Error(`${text} was taken`);
  };

  test.each([
    [''],
    ['   '],
    ['javascript:alert(1)'],
    ['JaVaScRiPt:alert(1)'],
    ['data:text/html,<script>'],
    ['file:///etc/passwd'],
    ['ftp://example.com/'],
    ['mailto:jobs@example.com'],
    ['view-source:https://example.com'],
    ['https://user@example.com/'],
    ['https://user:secret@boards.greenhouse.io/acme'],
    ['https://boards.greenhouse.io@evil.com/acme'],
    ['https://example.com:8443/'],
    ['http://example.com:443/'],
    ['example.com:22'],
    ['https://'],
    ['https://exa mple.com/'],
    ['https://example.com/a b'],
    ['https://example.com/\nHost: evil'],
    ['https:\\\\example.com\\careers'],
    ['https://example.com/\u0000'],
    ['https://boards.greenhouse\u200b.io/acme'],
    ['https://example.com/\u202Emoc.live'],
    ['https://8.8.8.8/careers'],
    ['https://[2606:4700:4700::1111]/'],
    ['https://a..example.com/'],
    [`https://${'a'.repeat(64)}.example.com/`],
    [`https://${'a.'.repeat(150)}example.com/`],
    ['https://exam%ple.com/'],
    [`https://example.com/${'a'.repeat(2100)}`],
    [`https://example.com/${'ü'.repeat(500)}`],
    ['x'.repeat(5_000_000)],
  ])('%j', (text) => {
    const { reason, message } = refusal(text);
    expect(reason).toBe('unusable-url');
    expect(message.length).toBeLessThan(400);
    expect(message).not.toMatch(/[\p{Cc}\u200b\u202e]/u);
  });

  test.each([
    'http://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://１２７.0.0.1/',
    'https://0/',
    'https://0.0.0.0/',
    'https://10.1.2.3/jobs',
    'https://192.168.0.1/',
    'https://172.16.0.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'localhost',
    'https://localhost/careers',
    'https://LOCALHOST./careers',
    'https://api.localhost/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://jobs.corp/',
    'https://intranet/jobs',
    'https://router.home.arpa/',
    'https://abc.onion/',
  ])('%s, because it leads into a private network', (text) => {
    expect(refusal(text).reason).toBe('private-address');
  });

  test('and a password is not repeated', () => {
    expect(refusal('https://user:secret@boards.greenhouse.io/acme').message).not.toContain('secret');
  });

  test('and the refusal says what to do', () => {
    expect(refusal('ftp://example.com/').message).toBe(
      '"ftp://example.com/" begins with ftp:. Paste the address of a careers page, such as https://boards.greenhouse.io/acme or example.com/careers.',
    );
  });
});

test('words of strangers become one short line that every store can take', () => {
  expect(quoted('a\n"b"\u0000\u202e')).toBe('"a \\"b\\""');
  expect(shortText(`x\ud800y${'z'.repeat(300)}`, 10)).toBe('x\ufffdyzzzzzz…');
  expect(shortText('💩'.repeat(10), 6).isWellFormed()).toBe(true);
  expect(shortText('x'.repeat(50_000_000), 5)).toBe('xxxx…');
});
