/** What the contract test found: sections with counts, a table for people, JSON for programs. */

export interface Section {
  readonly name: string;
  readonly passed: number;
  /** One line for each failure, with what was sent and what came. */
  readonly failures: readonly string[];
  /** Further figures, such as how many operations were called. */
  readonly figures: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Failures of one section that are printed; the JSON has as many. */
const SHOWN_MAX = 25;

/** @returns the section, failed with the error's text when `work` throws: one broken tool must not hide what others found */
export async function section(
  name: string,
  work: () => Promise<Pick<Section, 'passed' | 'failures' | 'figures'>>,
): Promise<Section> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  process.stderr.write(`${name} ...\n`);
  try {
    const found = await work();
    const empty = found.passed === 0 && found.failures.length === 0;
    return { name, ...found, failures: empty ? ['it checked nothing'] : found.failures, seconds: seconds() };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { name, passed: 0, failures: [text], figures: {}, seconds: seconds() };
  }
}

export function print(sections: readonly Section[], asJson: boolean): void {
  const passed = sections.reduce((sum, { passed }) => sum + passed, 0);
  const failed = sections.reduce((sum, { failures }) => sum + failures.length, 0);
  const lines = sections.flatMap(({ name, passed, failures, figures, seconds }) => [
    `${name.padEnd(28)} ${String(passed).padStart(6)} passed ${String(failures.length).padStart(4)} failed ${seconds.toFixed(1).padStart(6)} s  ${figuresText(figures)}`,
    ...failures.slice(0, SHOWN_MAX).map((failure) => `  - ${failure}`),
    ...(failures.length > SHOWN_MAX ? [`  - and ${failures.length - SHOWN_MAX} more`] : []),
  ]);
  process.stdout.write(`${lines.join('\n')}\n`);
  const short = sections.map((s) => ({ ...s, failed: s.failures.length, failures: s.failures.slice(0, SHOWN_MAX) }));
  if (asJson) process.stdout.write(`${JSON.stringify({ passed, failed, sections: short })}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}

function figuresText(figures: Section['figures']): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
