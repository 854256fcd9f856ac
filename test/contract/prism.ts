/** Every operation of the document, with good and with bad input, through Prism: it holds each answer against the document. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../shared/embedded/free-port.ts';
import type { Operation } from './document.ts';
import { inOrder, type Known } from './known.ts';
import { withoutSecurity } from './open-document.ts';
import type { Product } from './product.ts';
import type { Section } from './report.ts';
import { badRequests, goodRequest, type Sent } from './requests.ts';
import { TOOLS, toolEnvironment } from './tools.ts';

const READY_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 8_000;
/** Requests at once; one process of Prism does not do more. */
const AT_ONCE = 4;

type Found = Pick<Section, 'passed' | 'failures' | 'figures'>;

export async function throughPrism(
  file: string,
  operations: readonly Operation[],
  known: Known,
  product: Pick<Product, 'address' | 'authorization'>,
): Promise<Found> {
  const proxy = await startPrism(withoutSecurity(file), product.address);
  try {
    const doors = { port: proxy.port, direct: Number(new URL(product.address).port) };
    const ordered = inOrder(operations);
    const outcomes: Outcome[] = [];
    // What does not fit changes nothing, so it may come in any order; what fits comes last, one by one.
    const bad = ordered.flatMap((operation) => badRequests(operation, known, product.authorization));
    await each(bad, async (sent) => void outcomes.push(await outcomeOf(doors, sent)));
    for (const operation of ordered)
      outcomes.push(await outcomeOf(doors, goodRequest(operation, known, product.authorization)));
    return summary(operations, outcomes);
  } finally {
    await proxy.stop();
  }
}

/** Prism's port, and the server's own for what Prism never passes on. */
interface Doors {
  readonly port: number;
  readonly direct: number;
}

interface Outcome {
  readonly sent: Sent;
  readonly status: number;
  readonly fault: string | undefined;
}

function summary(operations: readonly Operation[], outcomes: readonly Outcome[]): Found {
  const failures = outcomes.flatMap(({ sent, status, fault }) =>
    fault === undefined
      ? []
      : [`${sent.operation.method} ${sent.path.slice(0, 120)} (${sent.what}) → ${status}: ${fault}`],
  );
  const called = (test: (outcome: Outcome) => boolean) =>
    new Set(outcomes.filter(test).map((o) => o.sent.operation)).size;
  const answered2xx = called(({ sent, status }) => sent.kind === 'good' && status < 300);
  const uncalled = operations.filter((operation) => !outcomes.some(({ sent }) => sent.operation === operation));
  failures.push(...uncalled.map(({ operationId }) => `${operationId} was never called`));
  return {
    passed: outcomes.length - failures.length,
    failures,
    figures: {
      operations: operations.length,
      'with 2xx': answered2xx,
      'with a refusal': called(({ status }) => status >= 400),
      good: outcomes.filter(({ sent }) => sent.kind === 'good').length,
      bad: outcomes.filter(({ sent }) => sent.kind !== 'good').length,
    },
  };
}

async function outcomeOf({ port, direct }: Doors, sent: Sent): Promise<Outcome> {
  const { status, type, text, violations } = await ask(sent.isDirect === true ? direct : port, sent);
  return { sent, status, fault: faultOf(sent, status, `${type} ${text}`, violations) };
}

function faultOf({ kind, operation }: Sent, status: number, text: string, violations: string): string | undefined {
  if (/stoplight\.io\/prism/.test(text)) return `does not fit the document: ${text.slice(0, 600)}`;
  if (violations !== '') return `does not fit the document: ${violations.slice(0, 600)}`;
  // 503 is an honest answer where it is declared for good; 500 never is.
  if (status >= 500) return text.slice(0, 300);
  if (kind === 'bad' && status < 400) return 'was not refused';
  if (kind === 'good' && operation.method === 'GET' && status >= 400 && ![403, 404].includes(status))
    return text.slice(0, 300);
  return undefined;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly violations: string;
}

/** Not fetch: it would mend addresses that are wrong on purpose. */
function ask(port: number, { operation, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const options = {
      host: '127.0.0.1',
      port,
      method: operation.method,
      path,
      agent: false,
      timeout: ANSWER_TIMEOUT_MS,
    };
    const req = request({ ...options, headers: { ...headers, ...length, Connection: 'close' } }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          type: String(res.headers['content-type']),
          text: Buffer.concat(chunks).toString('utf8'),
          violations: String(res.headers['sl-violations'] ?? ''),
        }),
      );
    });
    req.on('timeout', () => req.destroy(new Error(`no answer to ${operation.method} ${path.slice(0, 100)}`)));
    req.on('error', reject);
    req.end(body);
  }).catch((error: Error) => ({
    status: 0,
    type: '',
    text: error.message,
    violations: `no answer: ${error.message}`,
  })) as Promise<Answer>;
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

async function startPrism(file: string, upstream: string): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  // Bad requests must reach the server: its answers are what is held against the document.
  const args = [
    'proxy',
    file,
    upstream,
    '--port',
    String(port),
    '--errors',
    '--validate-request=false',
    '--cors=false',
    '--verboseLevel',
    'info',
  ];
  const child = spawn('prism', args, { cwd: TOOLS, env: toolEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said = (said + text).slice(-4_000)));
  const ended = once(child, 'close');
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!said.includes('is listening')) {
    if (child.exitCode !== null) throw new Error(`prism ended at its start: ${said}`);
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`prism was not ready after ${READY_TIMEOUT_MS / 1000} s: ${said}`);
    }
    await sleep(50);
  }
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
