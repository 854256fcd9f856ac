/**
 * What a hub must still know after it was killed, in two files of its folder.
 *
 *     totals   every series that may not fall: what was shown, what ended processes left, what each process has. Written when processes or series
 *              come and go, and every few seconds.
 *     shown    only what the last scrape saw, overwritten in place before the scrape is answered; 8 bytes a number.
 *
 * So nothing that Prometheus has seen is ever taken back, and processes that outlive the hub continue where they were.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readIfThere, readNumbers, writingNumbers } from './checkpoint-file.ts';
import { isRecord, type MetricItem, parseSchema, type SeriesItem } from './definitions.ts';
import type { Hub } from './hub.ts';
import type { LedgerFamily, LedgerSeries } from './ledger-families.ts';
import type { Process } from './roster.ts';

const VERSION = 1;
const SAVE_EVERY_MS = 5000;
/** An older one is of no use: to Prometheus the series ended, it looks back 5 minutes. */
const MAX_AGE_MS = 15 * 60_000;
const LAYOUT_BYTES = 8;
/** Series that are written down in one step. */
const STEP = 500;
/** Before a scrape a checkpoint begins again when processes or series come or go meanwhile; after so many times it is written in one go. */
const TRIES = 5;

interface Description {
  readonly version: number;
  /** Which order of rows the `shown` file has. */
  readonly layout: string;
  readonly writtenAt: number;
  /** This hub's name in the fleet. */
  readonly fleetId?: string | undefined;
  readonly processes: readonly Pick<Process, 'instance' | 'role' | 'ordinal'>[];
  /** The slot of a series is its place in the numbers. */
  readonly schema: unknown;
  /** By metric: the bounds that all processes have had. */
  readonly common: readonly (readonly number[])[];
}

export class Checkpoint {
  readonly #hub: Hub;
  readonly #totals: string;
  readonly #shown: string;
  #shape = -1;
  #savedAt = Number.NEGATIVE_INFINITY;
  #shownFile: number | undefined;
  #turns: Promise<boolean> | undefined;
  #isClosed = false;

  constructor(hub: Hub, folder: string) {
    this.#hub = hub;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#totals = join(folder, 'totals');
    this.#shown = join(folder, 'shown');
  }

  /** Before a scrape is answered, which waits for it where processes or series came or went. */
  beforeShowing(): Promise<void> | undefined {
    if (this.#hub.ledger.shape !== this.#shape) return this.#saveForSure();
    const file = this.#shownFile;
    if (file !== undefined) this.#guarded(() => this.#saveShown(file));
    return undefined;
  }

  /** Call about once a second. */
  tick(): void {
    const isDue = this.#hub.options.now() - this.#savedAt >= SAVE_EVERY_MS;
    if (isDue || this.#hub.ledger.shape !== this.#shape) void this.#saveInTurns();
  }

  /** In one go, at the end; 20 ms for eight processes with 20,000 lines each. */
  save(): void {
    this.#guarded(() => {
      for (const _ of this.#saving());
    });
  }

  async #saveForSure(): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) if (await this.#saveInTurns()) return;
    this.save();
  }

  /** A step in each turn of the event loop. Who asks meanwhile waits for the same. False: processes or series came or went in between. */
  #saveInTurns(): Promise<boolean> {
    this.#turns ??= this.#takeTurns().finally(() => {
      this.#turns = undefined;
    });
    return this.#turns;
  }

  async #takeTurns(): Promise<boolean> {
    const { ledger } = this.#hub;
    const { shape } = ledger;
    const steps = this.#saving();
    try {
      // What failed is counted, and tried again in a second.
      while (this.#guarded(() => steps.next().done === false)) {
        await nextTurn();
        if (this.#isClosed) return true;
        if (ledger.shape !== shape) return false;
      }
      return true;
    } finally {
      steps.return(undefined);
    }
  }

  /** What is being written is left undone. */
  close(): void {
    this.#isClosed = true;
    this.#closeShown();
  }

  #closeShown(): void {
    if (this.#shownFile !== undefined) closeSync(this.#shownFile);
    this.#shownFile = undefined;
  }

  /** Into an empty hub. Answers its name in the fleet. Throws when a file is damaged; the hub is then of no use. */
  restore(): string | undefined {
    const file = readNumbers(this.#totals);
    if (file === undefined) return undefined;
    const { description, numbers } = file;
    if (!isDescription(description) || description.version !== VERSION) return undefined;
    const age = Date.now() - description.writtenAt;
    if (age > MAX_AGE_MS || age < -MAX_AGE_MS) return undefined;
    const { ledger } = this.#hub;
    const schema = parseSchema(description.schema);
    const metrics = schema.filter((item): item is MetricItem => 'name' in item);
    const items = schema.filter((item): item is SeriesItem => 's' in item);
    const families = metrics.map((item) => ledger.familyFor(item) as LedgerFamily);
    for (const [m, family] of families.entries()) family.admit(description.common[m] ?? [], ledger.matrix);
    const rows = items.flatMap(({ m, l }) => {
      const family = families[m] as LedgerFamily;
      const series = ledger.seriesFor(family, l);
      if (series === undefined) throw new RangeError('the checkpoint has more lines than this hub may show');
      return series.rows;
    });
    const vector = (i: number) => numbers.subarray(i * rows.length, (i + 1) * rows.length);
    const [shown, retired] = [this.#newestShown(description.layout, vector(0), vector(1)), vector(2)];
    for (const [i, row] of rows.entries()) {
      ledger.matrix.setShown(row, shown[i] as number);
      if (!Number.isNaN(retired[i])) ledger.matrix.addRetired(row, retired[i] as number);
    }
    for (const [i, process] of description.processes.entries()) this.#revive(process, metrics, items, vector(i + 3));
    return description.fleetId;
  }

  /** It is absent until it reports again; what it had counts. */
  #revive(
    { instance, role, ordinal }: Description['processes'][number],
    metrics: MetricItem[],
    items: SeriesItem[],
    all: Float64Array,
  ): void {
    const { member } = this.#hub.roster.restore(instance, role, ordinal, false);
    const slots = Uint32Array.from(all.keys()).filter((slot) => !Number.isNaN(all[slot]));
    const own = new Set(slots);
    // The sum, the last slot of a series, is there for everybody who has the series.
    const held = items.filter((_, i) => own.has((items[i + 1]?.s ?? all.length) - 1));
    member.apply(
      {
        schema: [...metrics, ...held],
        exemplars: [],
        slots,
        values: Float64Array.from(slots, (slot) => all[slot] as number),
      },
      true,
    );
    member.restored();
  }

  /** Between two steps numbers may change: each of them was true, and `shown` is that of the end. A change of shape makes the rest wrong. */
  *#saving(): Generator<void> {
    const { ledger, roster } = this.#hub;
    const { matrix, shape } = ledger;
    const families = [...ledger.families.values()].filter((family) => family.isKept && family.series.size > 0);
    const all = families.flatMap((family, m) => [...family.series.values()].map((series) => ({ series, m })));
    const rows: number[] = [];
    for (const { series } of all) rows.push(...series.rows);
    const processes = [...roster.all];
    const columns = processes.map(({ member }) => member.column);
    const numbers = new Float64Array(rows.length * (3 + columns.length));
    // The hub's own counters count among those that ended left: the next hub is another process.
    const { column: self } = this.#hub.self;
    const retired = (row: number) =>
      matrix.has(row, self) ? matrix.value(row, self) + (matrix.retired(row) || 0) : matrix.retired(row);
    yield;
    for (const [i, row] of rows.entries()) {
      if (i > 0 && i % (4 * STEP) === 0) yield;
      numbers[i] = row;
      numbers[2 * rows.length + i] = retired(row);
      for (let k = 0; k < columns.length; k++)
        numbers[(3 + k) * rows.length + i] = matrix.value(row, columns[k] as number);
    }
    const layout = randomBytes(LAYOUT_BYTES);
    const description: Omit<Description, 'schema'> = {
      version: VERSION,
      layout: layout.toString('hex'),
      writtenAt: Date.now(),
      fleetId: this.#hub.fleet?.id,
      processes: processes.map(({ instance, role, ordinal }) => ({ instance, role, ordinal })),
      common: families.map((family) => family.common),
    };
    const items = families.map((family, m) => family.item(m));
    yield* writingNumbers(this.#totals, {
      json: jsonPieces(description, items, all),
      numbers,
      late: 2 * rows.length,
      fillIn: () => {
        for (const [i, row] of rows.entries()) numbers[rows.length + i] = matrix.shown(row);
      },
    });
    this.#closeShown();
    this.#shownFile = openSync(this.#shown, 'w', 0o600);
    writeSync(this.#shownFile, layout);
    this.#saveShown(this.#shownFile);
    [this.#shape, this.#savedAt] = [shape, this.#hub.options.now()];
  }

  #saveShown(file: number): void {
    const bytes = this.#hub.ledger.matrix.shownBytes();
    writeSync(file, bytes, 0, bytes.length, LAYOUT_BYTES);
  }

  /** The file is written in place, but a number of 8 bytes is the old one or the new one, and both were true. */
  #newestShown(layout: string, rows: Float64Array, saved: Float64Array): Float64Array {
    const bytes = readIfThere(this.#shown);
    if (bytes?.toString('hex', 0, LAYOUT_BYTES) !== layout) return saved;
    const shown = new Float64Array(Math.floor((bytes.length - LAYOUT_BYTES) / 8));
    Buffer.from(shown.buffer).set(bytes.subarray(LAYOUT_BYTES, LAYOUT_BYTES + shown.byteLength));
    return saved.map((value, i) => shown[rows[i] as number] ?? value);
  }

  /** A full disk must not cost a scrape. */
  #guarded<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch {
      this.#hub.metrics.checkpointErrors.add({});
      return undefined;
    }
  }
}

/** A description with its schema, whose series begin where the numbers of the last one ended. */
function* jsonPieces(
  description: Omit<Description, 'schema'>,
  metrics: readonly MetricItem[],
  all: readonly { readonly series: LedgerSeries; readonly m: number }[],
): Generator<string> {
  yield `${JSON.stringify(description).slice(0, -1)},"schema":[${metrics.map((item) => JSON.stringify(item)).join()}`;
  let s = 0;
  for (let from = 0; from < all.length; from += STEP) {
    let piece = '';
    for (const { series, m } of all.slice(from, from + STEP)) {
      piece += `,${JSON.stringify({ s, m, l: series.labels } satisfies SeriesItem)}`;
      s += series.rows.length;
    }
    yield piece;
  }
  yield ']}';
}

function isDescription(value: unknown): value is Description {
  return (
    isRecord(value) &&
    Array.isArray(value.processes) &&
    Array.isArray(value.common) &&
    typeof value.writtenAt === 'number'
  );
}
