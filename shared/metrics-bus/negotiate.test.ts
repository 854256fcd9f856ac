import { expect, test } from 'vitest';
import { acceptsGzip, formatFor } from './negotiate.ts';

test.each([
  ['nothing said', undefined, 'text'],
  ['curl', '*/*', 'text'],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  [
    'Prometheus 2.42',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
  ['text first', 'application/openmetrics-text;q=0.4, text/plain', 'text'],
  ['both alike', 'text/plain, application/openmetrics-text', 'openmetrics'],
  ['OpenMetrics refused', 'application/openmetrics-text;q=0, */*', 'text'],
  ['an older OpenMetrics only', 'application/openmetrics-text; version=0.0.1, */*;q=0.1', 'text'],
  ['anything of text', 'application/openmetrics-text;q=0.2, text/*;q=0.3', 'text'],
  ['nonsense', ';;,=,q=q', 'text'],
] as const)('%s gets the right format', (_, accept, format) => {
  expect(formatFor(accept)).toBe(format);
});

test.each([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['deflate, gzip;q=1.0, *;q=0.5', true],
  ['gzip;q=0', false],
  ['identity', false],
  ['*', true],
  ['*, gzip;q=0', false],
] as const)('gzip for %j: %s', (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});
