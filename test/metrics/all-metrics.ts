/** Every metric that any process registers: importing a family registers it, three ask for a call. */
import '../../shared/metrics/db.ts';
import '../../shared/metrics/external-api.ts';
import '../../shared/metrics/http.ts';
import '../../shared/metrics/scan.ts';
import { registerBusinessMetrics } from '../../shared/metrics/business.ts';
import { registerProcessMetrics } from '../../shared/metrics/process.ts';
import { registry } from '../../shared/metrics/registry.ts';

export interface MetricInfo {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly aggregator: string;
  readonly labels: readonly string[];
}

let registered = false;

export async function allMetrics(): Promise<MetricInfo[]> {
  if (!registered) {
    registered = true;
    registerProcessMetrics('api');
    registerBusinessMetrics(async () => ({
      jobsTotal: 0,
      jobsNewThisWeek: 0,
      lastSuccessfulScanAt: 0,
      lastScanFound: 0,
      lastScanNew: 0,
      scansInProgress: 0,
    }));
  }
  return registry.getMetricsAsArray().map((metric) => {
    const { name, type, help, aggregator, labelNames } = metric as unknown as MetricInfo & { labelNames?: string[] };
    return { name, type, help, aggregator: aggregator ?? 'sum', labels: labelNames ?? [] };
  });
}
