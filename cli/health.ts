/** Whether the processes of this container do their work: the health check of the image, and a probe in Kubernetes. */
import { type Config, loadConfig } from '../shared/config.ts';
import { StartError } from '../shared/errors.ts';
import { runCommand } from './command.ts';

const USAGE = `Usage: node cli/health.ts

Asks the supervisor of this container (METRICS_PORT) whether every role that it started reports, or without METRICS_PORT
the api process whether it is up. Ends with 0 when all is well, 1 with a sentence when not.`;

/** Below the 10 s that a probe has. */
const ANSWER_TIMEOUT_MS = 8_000;

await runCommand(USAGE, async () => {
  const config = loadConfig();
  if (config.metricsPort === undefined) await requireUp(config);
  else await requireReporting(config, config.metricsPort);
  return 0;
});

/** @throws StartError */
async function requireUp(config: Config): Promise<void> {
  await ask(`http://127.0.0.1:${config.port}/healthz`);
}

/** A role of which no process reports has hung, or does not start. @throws StartError that names it */
async function requireReporting(config: Config, port: number): Promise<void> {
  const page = await ask(`http://127.0.0.1:${port}/metrics?scope=host`, config.metricsToken);
  const expected = byRole(page, 'metrics_bus_processes_expected');
  const present = byRole(page, 'metrics_bus_processes');
  const stale = byRole(page, 'metrics_bus_stale_processes');
  if (expected.size === 0) throw new StartError('The metrics of this container name no role.');
  for (const role of expected.keys())
    if ((present.get(role) ?? 0) - (stale.get(role) ?? 0) < 1) throw new StartError(`No process of ${role} reports.`);
  if (expected.has('api')) await requireUp(config);
}

function byRole(page: string, metric: string): Map<string, number> {
  const lines = page.matchAll(new RegExp(`^${metric}\\{role="([^"]+)"\\} (\\S+)$`, 'gm'));
  return new Map([...lines].map(([, role = '', value]) => [role, Number(value)]));
}

/** @throws StartError */
async function ask(url: string, token?: string): Promise<string> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const answer = await fetch(url, { headers, signal }).catch((error: unknown) => {
    throw new StartError(`${url} does not answer.`, { cause: error });
  });
  if (!answer.ok) throw new StartError(`${url} answers ${answer.status}.`);
  return answer.text();
}
