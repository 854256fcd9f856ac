/** A page of /metrics as a test looks at it. */
export interface Sample {
  readonly series: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function samplesOf(page: string): Sample[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1] ?? '', m[2] ?? '']);
      return {
        series: line.slice(0, line.lastIndexOf(' ')),
        name,
        labels: Object.fromEntries(pairs),
        value: Number(value),
      };
    });
}

/** Kinds of metrics by name, as the page says. */
export function typesOf(page: string): Map<string, string> {
  return new Map([...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

/** Sum of all samples of that name that have these labels. */
export function sampleOf(
  page: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samplesOf(page).filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((total, sample) => total + sample.value, 0);
}
