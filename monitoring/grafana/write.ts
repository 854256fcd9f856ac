/** `npm run dashboards`: writes the JSON that Grafana is given. A test holds the files to what would be written. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS, dashboardText } from './all.ts';

for (const [name, build] of Object.entries(DASHBOARDS)) {
  const path = join(import.meta.dirname, 'dashboards', `${name}.json`);
  writeFileSync(path, dashboardText(build));
  process.stdout.write(`${path}\n`);
}
