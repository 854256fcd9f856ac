/** Starts the hub of this host: where it is called, or in a thread of its own that is started again when it dies. */
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { BusAddress } from './address.ts';
import { BusError } from './agent.ts';
import { type HostHub, type HostHubOptions, openHostHub, socketPath } from './host-hub.ts';
import type { FromHub, ToHub } from './hub-thread.ts';
import type { Ask, Page } from './page.ts';
import { PageMemory } from './page-memory.ts';
import { answerRedis, asBuffer } from './thread-redis.ts';

export interface MetricsHubOptions extends Omit<HostHubOptions, 'path' | 'token' | 'stateDir'> {
  /** Default: a random one. Give one when processes outlive the process that the hub runs in. */
  readonly token?: string;
  /**
   * A folder for this hub alone, made with mode 0700: socket and checkpoint. Its path may have about 90 characters. Counters continue over a restart
   * of everything when the folder survives it.
   */
  readonly stateDir: string;
  /**
   * In a thread of its own. Default false: a scrape then costs a third less, and 8 processes with 20,000 sample lines each hold the calling thread for
   * 2 ms. Worth it where processes with so many lines come and go: the first report of one takes 15 ms.
   */
  readonly thread?: boolean;
  /** The hub had a fault or its thread died; it goes on, or is started again. */
  readonly onError?: (error: unknown) => void;
}

export interface MetricsHub extends HostHub {
  /** What processes need to join. It stays the same when the thread is started again. */
  readonly address: BusAddress;
  /** Ends the hub, a thread without a last checkpoint, and resolves when the next one is there. For tests, and when it must be loaded anew. */
  restart(): Promise<void>;
}

/** Rejects when the hub cannot listen: the path is too long, not writable, or another hub's. */
export async function startMetricsHub(options: MetricsHubOptions): Promise<MetricsHub> {
  const { thread = false, onError = () => {}, token = randomBytes(24).toString('base64url'), ...rest } = options;
  const address: BusAddress = { path: socketPath(options.stateDir), token };
  const hubOptions: HostHubOptions = { ...rest, ...address };
  if (thread) return HubThread.start(hubOptions, onError);
  let hub = await openHostHub(hubOptions, onError);
  let expected: Parameters<MetricsHub['expect']>[0] = {};
  return {
    address,
    scrape: (ask) => hub.scrape(ask),
    expect(roles) {
      expected = roles;
      hub.expect(roles);
    },
    close: () => hub.close(),
    async restart() {
      await hub.close();
      hub = await openHostHub(hubOptions, onError);
      hub.expect(expected);
    },
  };
}

const RESTART_MS = { first: 100, most: 5000 } as const;
/** How long a question may wait for a thread that is being started again. */
const ANSWER_MS = 5000;

class HubThread implements MetricsHub {
  readonly address: BusAddress;
  readonly #options: HostHubOptions;
  readonly #onError: (error: unknown) => void;
  readonly #asks = new Map<number, PromiseWithResolvers<Page> & { ask: Ask }>();
  /** On its way back to the hub. */
  readonly #memory = new PageMemory();
  readonly #closed = Promise.withResolvers<void>();
  #worker: Worker;
  #ready = Promise.withResolvers<void>();
  #roles: Readonly<Record<string, number>> = {};
  #isReady = false;
  #isClosing = false;
  #restartMs: number = RESTART_MS.first;
  #request = 0;

  static async start(options: HostHubOptions, onError: (error: unknown) => void): Promise<HubThread> {
    const started = Promise.withResolvers<void>();
    const thread = new HubThread(options, (error) => {
      started.reject(error);
      onError(error);
    });
    thread.#ready = started;
    try {
      await started.promise;
    } catch (error) {
      await thread.close();
      throw error;
    }
    return thread;
  }

  private constructor(options: HostHubOptions, onError: (error: unknown) => void) {
    this.#options = options;
    this.address = { path: options.path, token: options.token };
    this.#onError = onError;
    this.#worker = this.#run();
  }

  scrape(ask: Ask = {}): Promise<Page> {
    const id = ++this.#request;
    const answer = Promise.withResolvers<Page>();
    const timer = setTimeout(() => answer.reject(new BusError('The metrics hub does not answer.')), ANSWER_MS);
    this.#asks.set(id, { ...answer, ask });
    if (this.#isReady) this.#ask(id, ask);
    return answer.promise.finally(() => {
      clearTimeout(timer);
      this.#asks.delete(id);
    });
  }

  expect(roles: Readonly<Record<string, number>>): void {
    this.#roles = roles;
    this.#tell({ kind: 'expect', roles });
  }

  async restart(): Promise<void> {
    this.#ready = Promise.withResolvers<void>();
    await this.#worker.terminate();
    await this.#ready.promise;
  }

  async close(): Promise<void> {
    if (this.#isClosing) return this.#closed.promise;
    this.#isClosing = true;
    this.#worker.ref();
    if (this.#isReady) this.#tell({ kind: 'close' });
    else this.#closed.resolve();
    await this.#closed.promise;
    await this.#worker.terminate();
  }

  #ask(id: number, ask: Ask): void {
    const memory = this.#memory.drain();
    this.#tell({ kind: 'ask', id, ask, memory }, memory);
  }

  #tell(message: ToHub, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }

  #run(): Worker {
    const { fleet, ...rest } = this.#options;
    const { call: _call, now: _now, ...cloneable } = fleet ?? {};
    const workerData = { ...rest, ...(fleet && { fleet: cloneable }) };
    const worker = new Worker(new URL('./hub-thread.ts', import.meta.url), { workerData, name: 'metrics-hub' });
    worker.on('message', (message: FromHub) => this.#receive(message));
    worker.on('error', (error) => this.#onError(error));
    worker.on('exit', () => {
      this.#isReady = false;
      if (this.#isClosing) this.#closed.resolve();
      else this.#runAgain();
    });
    return worker;
  }

  /** Processes find it by themselves; what they counted in between they send then. */
  #runAgain(): void {
    const timer = setTimeout(() => {
      if (!this.#isClosing) this.#worker = this.#run();
    }, this.#restartMs);
    timer.unref();
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS.most);
  }

  #receive(message: FromHub): void {
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#restartMs = RESTART_MS.first;
      this.#ready.resolve();
      this.#worker.unref();
      this.#tell({ kind: 'expect', roles: this.#roles });
      // Those that an earlier thread took with it, too.
      for (const [id, { ask }] of this.#asks) this.#ask(id, ask);
    } else if (message.kind === 'page') {
      const { page } = message;
      const body = asBuffer(page.body);
      const given = message.isOwn ? this.#memory.lend(() => body) : { body };
      this.#asks.get(message.id)?.resolve({ ...page, ...given });
    } else if (message.kind === 'redis') {
      const call = this.#options.fleet?.call;
      if (call !== undefined) void answerRedis(call, message).then((answer) => this.#tell(answer));
    } else if (message.kind === 'failed') this.#asks.get(message.id)?.reject(new BusError(message.message));
    else if (message.kind === 'error') this.#onError(message.error);
    else this.#closed.resolve();
  }
}
