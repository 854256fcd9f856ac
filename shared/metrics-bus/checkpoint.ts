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
import { readIfThere, readNumbers, writeNumbers } from './checkpoint-file.ts';
import { isRecord, type MetricItem, parseSchema, type SeriesItem } from './definitions.ts';
import type { FleetIdentity } from './fleet.ts';
import type { Hub } from './hub.ts';
import type { LedgerFamily } from './ledger-families.ts';
import type { Member } from './member.ts';
import type { Process } from './roster.ts';

const VERSION = 1;
const SAVE_EVERY_MS = 5000;
/** An older one is of no use: to Prometheus the series ended, it looks back 5 minutes. */
const MAX_AGE_MS = 15 * 60_000;
const LAYOUT_BYTES = 8;

interface Description {
  readonly version: number;
  /** Which order of rows the `shown` file has. */
  readonly layout: string;
  readonly writtenAt: number;
  /** This hub in the fleet. */
  readonly fleetId?: string | undefined;
  readonly fleetBase?: FleetIdentity['base'];
  /** Those with a base have one more vector, after the vectors of all. */
  readonly processes: readonly (Pick<Process, 'instance' | 'role' | 'ordinal'> & { readonly hasBase?: boolean })[];
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

  constructor(hub: Hub, folder: string) {
    this.#hub = hub;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#totals = join(folder, 'totals');
    this.#shown = join(folder, 'shown');
  }

  /** Before a scrape is answered. */
  beforeShowing(): void {
    if (this.#hub.ledger.shape !== this.#shape) this.save();
    else if (this.#shownFile !== undefined) this.#guarded(() => this.#saveShown(this.#shownFile as number));
  }

  /** Call about once a second. */
  tick(): void {
    const isDue = this.#hub.options.now() - this.#savedAt >= SAVE_EVERY_MS;
    if (isDue || this.#hub.ledger.shape !== this.#shape) this.save();
  }

  save(): void {
    this.#guarded(() => {
      this.close();
      const layout = randomBytes(LAYOUT_BYTES);
      this.#saveTotals(layout.toString('hex'));
      this.#shownFile = openSync(this.#shown, 'w', 0o600);
      writeSync(this.#shownFile, layout);
      this.#saveShown(this.#shownFile);
    });
  }

  close(): void {
    if (this.#shownFile !== undefined) closeSync(this.#shownFile);
    this.#shownFile = undefined;
  }

  /** Into an empty hub. Answers what it was in the fleet. Throws when a file is damaged; the hub is then of no use. */
  restore(): FleetIdentity | undefined {
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
    const rows = items.flatMap(({ m, l }) => ledger.restoredSeries(families[m] as LedgerFamily, l).rows);
    const vector = (i: number) => numbers.subarray(i * rows.length, (i + 1) * rows.length);
    const [shown, retired] = [this.#newestShown(description.layout, vector(0), vector(1)), vector(2)];
    for (const [i, row] of rows.entries()) {
      ledger.matrix.setShown(row, shown[i] as number);
      if (!Number.isNaN(retired[i])) ledger.matrix.addRetired(row, retired[i] as number);
    }
    let bases = 3 + description.processes.length;
    for (const [i, process] of description.processes.entries()) {
      const member = this.#revive(process, metrics, items, vector(i + 3));
      if (process.hasBase === true) member.base = baseOf(rows, vector(bases++));
    }
    const { fleetId: id, fleetBase: base } = description;
    return id === undefined ? undefined : { id, base };
  }

  /** It is absent until it reports again; what it had counts. */
  #revive(
    { instance, role, ordinal }: Description['processes'][number],
    metrics: MetricItem[],
    items: SeriesItem[],
    all: Float64Array,
  ): Member {
    const { member } = this.#hub.roster.restore(instance, role, ordinal, false);
    const slots = Uint32Array.from(all.keys()).filter((slot) => !Number.isNaN(all[slot]));
    const own = new Set(slots);
    // The sum, the last slot of a series, is there for everybody who has the series.
    const held = items.filter((_, i) => own.has((items[i + 1]?.s ?? all.length) - 1));
    member.isRestoring = true;
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
    return member;
  }

  #saveTotals(layout: string): void {
    const { ledger, roster } = this.#hub;
    const { matrix } = ledger;
    const families = [...ledger.families.values()].filter((family) => family.isKept && family.series.size > 0);
    const rows: number[] = [];
    const items: SeriesItem[] = [];
    for (const [m, family] of families.entries()) {
      for (const series of family.series.values()) {
        items.push({ s: rows.length, m, l: series.labels });
        rows.push(...series.rows);
      }
    }
    // What was counted of a survivor before is known with its first report; until then it is a stranger to the next hub as well.
    const present = [...roster.all].filter(({ member }) => !member.isBaseline);
    const processes = present.map(({ instance, role, ordinal, member }) => ({
      instance,
      role,
      ordinal,
      hasBase: member.base !== undefined,
    }));
    const bases = present.flatMap(({ member }) => member.base ?? []);
    const numbers = new Float64Array(rows.length * (3 + processes.length + bases.length));
    let at = 0;
    for (const row of rows) numbers[at++] = row;
    for (const row of rows) numbers[at++] = matrix.shown(row);
    // The hub's own counters: the next hub is another process.
    const { column: self } = this.#hub.self;
    for (const row of rows)
      numbers[at++] = matrix.has(row, self)
        ? matrix.value(row, self) + (matrix.retired(row) || 0)
        : matrix.retired(row);
    for (const { member } of present) for (const row of rows) numbers[at++] = matrix.value(row, member.column);
    for (const base of bases) for (const row of rows) numbers[at++] = base.get(row) ?? Number.NaN;
    const schema = [...families.map((family, m) => family.item(m)), ...items];
    const common = families.map((family) => family.common);
    const { id: fleetId, base: fleetBase } = this.#hub.fleet?.identity ?? {};
    const description: Description = {
      version: VERSION,
      layout,
      writtenAt: Date.now(),
      fleetId,
      fleetBase,
      processes,
      schema,
      common,
    };
    writeNumbers(this.#totals, description, numbers);
    [this.#shape, this.#savedAt] = [ledger.shape, this.#hub.options.now()];
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
  #guarded(write: () => void): void {
    try {
      write();
    } catch {
      this.#hub.metrics.checkpointErrors.add({});
    }
  }
}

/** By row, of what was saved: NaN where there is none. */
function baseOf(rows: readonly number[], saved: Float64Array): Map<number, number> {
  return new Map([...saved].flatMap((value, i) => (Number.isNaN(value) ? [] : [[rows[i] as number, value]])));
}

function isDescription(value: unknown): value is Description {
  return (
    isRecord(value) &&
    Array.isArray(value.processes) &&
    Array.isArray(value.common) &&
    typeof value.writtenAt === 'number'
  );
}
