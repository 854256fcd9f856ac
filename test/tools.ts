/** What the tests need beyond npm. A row here is all that a further program needs. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Tool {
  readonly name: string;
  /** Names under which it may be on PATH; the first that is there is used. */
  readonly commands: readonly string[];
  readonly debianPackage: string;
  readonly brewPackage: string;
  /** Which tests are skipped without it. */
  readonly usedBy: string;
}

export const TOOLS = [
  {
    name: 'redis-server',
    commands: ['redis-server', 'valkey-server'],
    debianPackage: 'redis-server',
    brewPackage: 'redis',
    usedBy: 'everything on the Redis queue',
  },
  {
    name: 'promtool',
    commands: ['promtool'],
    debianPackage: 'prometheus',
    brewPackage: 'prometheus',
    usedBy: "the check of the metrics' page, of the rules, and what a real Prometheus sees of it",
  },
  {
    name: 'prometheus',
    commands: ['prometheus'],
    debianPackage: 'prometheus',
    brewPackage: 'prometheus',
    usedBy: 'what a real Prometheus makes of metrics, rules and dashboards',
  },
  {
    name: 'alertmanager',
    // The second is Debian's name.
    commands: ['alertmanager', 'prometheus-alertmanager'],
    debianPackage: 'prometheus-alertmanager',
    brewPackage: 'alertmanager',
    usedBy: 'the run in which alerts travel to their receivers',
  },
  {
    name: 'amtool',
    commands: ['amtool'],
    debianPackage: 'prometheus-alertmanager',
    brewPackage: 'alertmanager',
    usedBy: 'the check of where alerts go',
  },
  {
    name: 'ffuf',
    commands: ['ffuf'],
    debianPackage: 'ffuf',
    brewPackage: 'ffuf',
    usedBy: 'the naughty strings of the contract test',
  },
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    debianPackage: 'chromium',
    brewPackage: 'chromium',
    usedBy: 'what a real browser does: passkeys and the pages of accounts',
  },
] as const satisfies readonly Tool[];

export type ToolName = (typeof TOOLS)[number]['name'];

/** The full path of a tool, or undefined when it is not on PATH. */
export function findTool(name: ToolName, path = process.env.PATH ?? ''): string | undefined {
  const commands: readonly string[] = TOOLS.find((tool) => tool.name === name)?.commands ?? [];
  return commands
    .flatMap((command) => path.split(delimiter).map((folder) => join(folder, command)))
    .find((file) => isExecutable(file));
}

/** What to tell a person whose machine lacks the tool. */
export function advice(tool: Tool, platform: NodeJS.Platform, isDebian: boolean): string {
  const command =
    platform === 'darwin'
      ? `brew install ${tool.brewPackage}`
      : isDebian
        ? `sudo apt-get install -y ${tool.debianPackage}`
        : `install your system's package of ${tool.name}`;
  return `MISSING ${tool.name}: ${tool.usedBy} will be SKIPPED. To run it: ${command}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
