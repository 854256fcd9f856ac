/** `npm run doctor`: looks at everything that the system stands on, one line each, with what to do. Changes nothing. */
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../shared/config.ts';
import { openDatabase } from '../shared/db/database.ts';
import { findEmbedded } from '../shared/embedded/launch.ts';
import { pingRedis } from '../shared/queues/redis.ts';
import { parsed, runCommand } from './command.ts';
import { checkDatabase, checkDisk, checkNode, checkQueue, type Finding, guarded } from './doctor-checks.ts';
import { checkSources } from './doctor-sources.ts';
import { printable, table } from './terminal.ts';

const USAGE = `Usage: npm run doctor -- [--offline] [--json]

  --offline  leave the sources out; otherwise each one that has its key is asked once, which may cost one request of a quota
  --json     print one JSON array of {name, state: ok|wait|wrong, says}

Ends with 0 when nothing is wrong, 1 when something is.`;

await runCommand(USAGE, async (args) => {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: { offline: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    }),
  );
  const config = loadConfig();
  const findings = [
    checkNode(process.versions.node),
    checkDisk(config.dataDir),
    ...(await guarded('database', () => databaseFindings(config))),
    ...(await guarded('queue', () => checkQueue(config, pingRedis))),
    ...(values.offline ? [] : await checkSources(config)),
  ];
  process.stdout.write(values.json ? `${JSON.stringify(findings)}\n` : words(findings));
  return findings.some((finding) => finding.state === 'wrong') ? 1 : 0;
});

async function databaseFindings(config: Config): Promise<readonly Finding[]> {
  const url = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (url === undefined) {
    return [{ name: 'database', state: 'wait', says: `not running for ${config.dataDir}: npm start starts it` }];
  }
  const db = await openDatabase(url, 'doctor', 2);
  try {
    return await checkDatabase(db);
  } finally {
    await db.close();
  }
}

function words(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [finding.state.toUpperCase(), finding.name, printable(finding.says)]);
  const wrong = findings.filter((finding) => finding.state === 'wrong').length;
  return `${table([['STATE', 'WHAT', 'SAYS'], ...rows])}\n${wrong === 0 ? 'Nothing is wrong.' : `${wrong} wrong.`}\n`;
}
