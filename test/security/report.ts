/** The report of the scanners, short enough to be read. */
import type { Found } from './scanners.ts';

export interface Run {
  readonly at: Date;
  readonly seconds: number;
  /** Of the tools and of Node. */
  readonly versions: Readonly<Record<string, string>>;
  readonly found: readonly Found[];
}

export function reportOf({ at, seconds, versions, found }: Run): string {
  const findings = found.flatMap(({ what, findings }) =>
    findings.map((text) => `- ${what}: ${text.replaceAll(/\s+/g, ' ').trim().slice(0, 400)}`),
  );
  const rows = found.map(({ what, did, findings }) => `| ${cell(what)} | ${cell(did)} | ${findings.length} |`);
  return `# Report of the scanners

Written by \`npm run test:security\` on ${at.toISOString().slice(0, 10)}, in ${Math.round(seconds)} s, against the real system with the data of the demo, by
somebody who is signed in as a seeker. Allowances were off, so that every request was answered. wapiti's module \`ssrf\` is left out: it calls a
server outside.

Versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.

| tool and target | what it did | findings |
|---|---|---|
${rows.join('\n')}

${findings.length === 0 ? 'No finding.' : `## Findings\n\n${findings.join('\n')}`}

## Commands

\`\`\`
${found.map(({ command }) => command).join('\n')}
\`\`\`
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').slice(0, 300);
}
