/** `npm run dashboards`: writes what is generated for Grafana and for compose. Tests hold the files to what would be written. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeAlertmanagerText, composePrometheusText } from '../files.ts';
import { DASHBOARDS, dashboardText } from './all.ts';

for (const [name, build] of Object.entries(DASHBOARDS))
  write(join(import.meta.dirname, 'dashboards', `${name}.json`), dashboardText(build));
const COMPOSE = join(import.meta.dirname, '..', '..', 'deploy', 'compose');
write(join(COMPOSE, 'prometheus.yml'), composePrometheusText());
write(join(COMPOSE, 'alertmanager.yml'), composeAlertmanagerText());

function write(path: string, text: string): void {
  writeFileSync(path, text);
  process.stdout.write(`${path}\n`);
}
