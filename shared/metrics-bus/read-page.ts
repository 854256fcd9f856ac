/** Reads an exposition back, for tests and comparisons: every sample by its canonical name, like `x_bucket{a="1",le="5"}`. */
export function readPage(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const sample = readSample(line);
    if (samples.has(sample.key)) throw new Error(`twice on one page: ${sample.key}`);
    samples.set(sample.key, sample.value);
  }
  return samples;
}

/** `name{labels} value`, and whatever stands behind. Labels without a value are left out. */
export function readSample(line: string): {
  key: string;
  name: string;
  labels: Record<string, string>;
  value: number;
  rest: string;
} {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  const labels: [string, string][] = [];
  let at = name.length;
  if (line[at] === '{') {
    const label = /[{,]([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/y;
    for (label.lastIndex = at; ; at = label.lastIndex) {
      const match = label.exec(line);
      if (match === null) break;
      labels.push([match[1] as string, unescaped(match[2] as string)]);
    }
    if (line.startsWith('{}', at)) at++;
    if (line[at] !== '}') throw new Error(`not a sample: ${line}`);
    at++;
  }
  const [number = '', ...rest] = line.slice(at).trimStart().split(' ');
  const filled = labels.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  const key = `${name}{${filled.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join()}}`;
  return { key, name, labels: Object.fromEntries(labels), value: readNumber(number), rest: rest.join(' ') };
}

function readNumber(text: string): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (text === '' || Number.isNaN(Number(text))) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char));
}
