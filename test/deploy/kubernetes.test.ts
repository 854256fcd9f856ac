/** The manifests for Kubernetes, without a cluster: schemas, misspelt fields, and that everything they name is there. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { testFolder } from '../folder.ts';
import { documentedMetrics } from '../metrics/documented.ts';
import { commandFaults, configOf, ROOT, unknownVariables } from './known.ts';

const FOLDER = join(ROOT, 'deploy/kubernetes');
const MODELS = { PodMonitor, Deployment, HorizontalPodAutoscaler, PodDisruptionBudget, ConfigMap, Service };
/** Where the type of each kind is declared. */
const TYPES: Readonly<Record<string, string>> = {
  PodMonitor: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor',
  Deployment: 'kubernetes-models/apps/v1/Deployment',
  HorizontalPodAutoscaler: 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler',
  PodDisruptionBudget: 'kubernetes-models/policy/v1/PodDisruptionBudget',
  ConfigMap: 'kubernetes-models/v1/ConfigMap',
  Service: 'kubernetes-models/v1/Service',
};

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { name: string; value: string }[];
  readonly ports?: readonly { name: string; containerPort: number }[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { name: string; mountPath: string }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
}
interface Probe {
  readonly httpGet?: { path: string; port: string };
  readonly exec?: { command: string[] };
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: keyof typeof MODELS;
  readonly metadata: { readonly name: string };
  readonly spec: never;
  readonly data?: Readonly<Record<string, string>>;
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly volumes: readonly { name: string }[];
}
interface DeploymentSpec {
  readonly replicas?: number;
  readonly selector: { matchLabels: Record<string, string> };
  readonly template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
}

const manifests = readdirSync(FOLDER)
  .filter((file) => file !== 'prometheus-adapter-values.yaml')
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => document.toJS() as Manifest),
  );
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const specOf = <T>(manifest: Manifest | undefined) => manifest?.spec as unknown as T;
const deployments = ofKind('Deployment').map(
  (m) => [m.metadata.name.replace('iam-job-scout-', ''), specOf<DeploymentSpec>(m)] as const,
);
const settings = ofKind('ConfigMap')[0]?.data ?? {};

describe('the manifests for Kubernetes', () => {
  test('are a Deployment for each role with what belongs to them', () => {
    expect(deployments.map(([role]) => role).sort()).toEqual(['api', 'scheduler', 'worker']);
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'Deployment',
      'Deployment',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'PodDisruptionBudget',
      'PodMonitor',
      'Service',
    ]);
  });

  test.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s fits its schema',
    (_, manifest) => {
      const Model = MODELS[manifest.kind];
      expect([manifest.apiVersion, manifest.kind]).toEqual([Model.apiVersion, Model.kind]);
      expect(() => new Model(manifest as never).validate()).not.toThrow();
    },
  );

  test('have no field that Kubernetes does not know', () => {
    expect(strangeFields(manifests)).toBe('');
    const broken = structuredClone(manifests) as {
      kind: string;
      spec: { template: { spec: Record<string, unknown> } };
    }[];
    broken.find(({ kind }) => kind === 'Deployment')!.spec.template.spec.terminationGraceSeconds = 1;
    expect(strangeFields(broken)).toMatch(/terminationGraceSeconds/);
  }, 120_000);

  test.each(deployments)('%s is locked down, and ends in the time that it needs', (_, { template: { spec } }) => {
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const [container] = spec.containers;
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(spec.volumes.map(({ name }) => name).sort());
    expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(Number(settings.SHUTDOWN_TIMEOUT_MS));
  });

  test.each(deployments)('%s runs its role with settings that the code reads and accepts', (role, { template }) => {
    const [{ command, env }] = template.spec.containers;
    expect(command).toEqual(['node', 'main.ts', role]);
    expect(commandFaults(command)).toEqual([]);
    const variables = { ...settings, ...Object.fromEntries(env.map(({ name, value }) => [name, value])) };
    expect(unknownVariables(Object.keys(variables))).toEqual([]);
    expect(configOf(variables, testFolder()).metricsPort).toBe(9464);
  });

  test.each(deployments)('%s is asked at ports, addresses and with commands that it has', (role, { template }) => {
    const [container] = template.spec.containers;
    const { env, ports = [] } = container;
    const config = configOf(
      { ...settings, ...Object.fromEntries(env.map(({ name, value }) => [name, value])) },
      testFolder(),
    );
    const health = readFileSync(join(ROOT, 'api/routes/health.ts'), 'utf8');
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe].filter(
      (p) => p !== undefined,
    );
    expect(probes.length).toBeGreaterThanOrEqual(2);
    for (const { httpGet, exec } of probes) {
      if (exec !== undefined) expect(commandFaults(exec.command)).toEqual([]);
      else {
        expect(health).toContain(`path: '${httpGet?.path}'`);
        expect(ports.find(({ name }) => name === httpGet?.port)?.containerPort).toBe(config.port);
      }
    }
    const metrics = ports.find(({ name }) => name === 'metrics')?.containerPort;
    expect([role, metrics]).toEqual([role, role === 'worker' ? undefined : config.metricsPort]);
  });

  test('choose pods that exist', () => {
    const labels = deployments.map(([, { template }]) => template.metadata.labels);
    const fits = (selector: Record<string, string>) =>
      labels.filter((own) => Object.entries(selector).every(([name, value]) => own[name] === value)).length;
    for (const [, { selector }] of deployments) expect(fits(selector.matchLabels)).toBe(1);
    for (const manifest of [...ofKind('PodDisruptionBudget'), ...ofKind('PodMonitor')])
      expect(fits(specOf<DeploymentSpec>(manifest).selector.matchLabels)).toBe(1);
    expect(fits(specOf<{ selector: Record<string, string> }>(ofKind('Service')[0]).selector)).toBe(1);
  });

  test('scrape one pod only, and scale the workers by a metric that the adapter makes of one of ours', () => {
    const scheduler = deployments.find(([role]) => role === 'scheduler')?.[1];
    expect(scheduler?.replicas).toBe(1);
    const monitor = specOf<{ selector: { matchLabels: Record<string, string> } }>(ofKind('PodMonitor')[0]);
    expect(monitor.selector.matchLabels['app.kubernetes.io/component']).toBe('scheduler');
    const adapter = parse(readFileSync(join(FOLDER, 'prometheus-adapter-values.yaml'), 'utf8')) as {
      rules: { external: { seriesQuery: string; name: { as: string }; metricsQuery: string }[] };
    };
    const [rule] = adapter.rules.external;
    const scaler = specOf<{ scaleTargetRef: { name: string }; metrics: { external: { metric: { name: string } } }[] }>(
      ofKind('HorizontalPodAutoscaler')[0],
    );
    expect(scaler.metrics[0]?.external.metric.name).toBe(rule?.name.as);
    expect(scaler.scaleTargetRef.name).toBe('iam-job-scout-worker');
    expect(documentedMetrics().map(({ name }) => name)).toContain(rule?.seriesQuery);
    expect(rule?.metricsQuery).toContain(`${rule?.seriesQuery}{`);
    // The autoscaler alone decides how many workers there are.
    expect(deployments.find(([role]) => role === 'worker')?.[1].replicas).toBeUndefined();
  });
});

/** The schemas let unknown fields through; the compiler, which sees the manifests as literals of their types, does not. */
function strangeFields(of: readonly { kind: string }[]): string {
  const file = join(testFolder(), 'manifests.ts');
  const lines = of.map((manifest, index) => {
    const { kind } = manifest;
    const from = JSON.stringify(join(ROOT, 'node_modules', `${TYPES[kind]}.js`));
    return `import type { I${kind} as T${index} } from ${from};\nexport const m${index}: T${index} = ${JSON.stringify(manifest)};\n`;
  });
  writeFileSync(file, lines.join(''));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'esnext',
    '--types',
    '',
  ];
  try {
    return execFileSync(process.execPath, [tsc, ...options, file], { cwd: testFolder(), encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
