/** A real Prometheus and its promtool, where they are installed. */
import { spawnSync } from 'node:child_process';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { findCommand } from './find-command.ts';
import { type RunningPrometheus, runPrometheus } from './prometheus-process.ts';

/** Debian's package `prometheus` has both. */
export const prometheusCommand = findCommand('prometheus');
export const promtoolCommand = findCommand('promtool');

/** For as long as a test file takes. */
export async function startPrometheus(targetPort: number): Promise<RunningPrometheus> {
  const prometheus = await runPrometheus(prometheusCommand ?? '', testFolder(), targetPort);
  atEnd(() => prometheus.stop());
  return prometheus;
}

/** What `promtool check metrics` has to say about a page; empty when it is content. */
export function checkMetrics(text: string): string {
  const { stdout, stderr } = spawnSync(promtoolCommand ?? '', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}
