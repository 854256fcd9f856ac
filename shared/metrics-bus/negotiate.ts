/** Which of the two formats a client wants, and whether packed, from what it says it accepts. */
import type { Format } from './exposition.ts';

/** The page as `Accept` asks for it. OpenMetrics only for those who name it in version 1.0.0 and like it no less than text. */
export function formatFor(accept: string | undefined): Format {
  const ranges = parse(accept ?? '*/*');
  const isOpenMetrics = (range: Range) =>
    range.name === 'application/openmetrics-text' && (range.parameters.get('version') ?? '1.0.0') === '1.0.0';
  const openMetrics = Math.max(0, ...ranges.filter(isOpenMetrics).map((range) => range.quality));
  const named = (...names: string[]) =>
    ranges.filter((range) => names.includes(range.name)).map((range) => range.quality);
  // The most specific range tells: text/plain before text/* before */*.
  const [text = 0] = [named('text/plain'), named('text/*'), named('*/*')]
    .filter((list) => list.length > 0)
    .map((list) => Math.max(...list));
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const ranges = parse(acceptEncoding ?? '');
  const range = ranges.find(({ name }) => name === 'gzip') ?? ranges.find(({ name }) => name === '*');
  return range !== undefined && range.quality > 0;
}

interface Range {
  readonly name: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** `a/b;version=1.0.0;q=0.5, c/d`. Headers are at most 16 kB in Node, which is the limit here too. */
function parse(header: string): Range[] {
  return header.split(',').map((part) => {
    const [name = '', ...rest] = part.split(';').map((text) => text.trim().toLowerCase());
    const parameters = new Map(rest.map((text) => text.split('=', 2).map((side) => side.trim()) as [string, string]));
    const quality = Number(parameters.get('q') ?? 1);
    return { name, parameters, quality: Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0 };
  });
}
