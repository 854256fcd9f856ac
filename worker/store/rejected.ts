/**
 * What a board lists that is no IAM work: nine postings in ten and more. None of them is stored, so without this memory each read
 * would understand and judge every one of them again, and ask for its text where lists have none.
 */
import type { Database } from '../../shared/db/database.ts';

/** Of a content hash, so many bytes are kept: two postings of one board that share them are expected in no lifetime. */
const KEPT_BYTES = 8;
/** Of one board; the oldest are forgotten first and judged once more. 400 KB. */
const POSTINGS_MAX = 50_000;
/** A memory of which so much is of no use any more is written anew although nothing came to it. */
const WASTE_MAX = 0.25;

export interface Rejected {
  /** Whether an item with this content was judged before, by the same rules, and was no IAM work. */
  has(hash: Buffer): boolean;
  add(hash: Buffer): void;
  /**
   * Writes what was added; costs nothing when nothing was.
   * @param complete everything that the board has was read, so what was not asked for may be forgotten
   */
  save(complete: boolean): Promise<void>;
}

/** @param version of the rules: what other rules judged counts for nothing */
export async function openRejected(db: Pick<Database, 'pool'>, boardId: number, version: string): Promise<Rejected> {
  const { rows } = await db.pool.query<{ postings: Buffer }>({
    name: 'rejected-load',
    text: 'select postings from board_rejected where board_id = $1 and read_version = $2',
    values: [boardId, version],
  });
  const before = unpack(rows[0]?.postings ?? Buffer.alloc(0));
  const used = new Set<string>();
  const added = new Set<string>();
  return {
    has(hash) {
      const name = nameOf(hash);
      if (added.has(name)) return true;
      if (!before.has(name)) return false;
      used.add(name);
      return true;
    },
    add(hash) {
      const name = nameOf(hash);
      if (!before.has(name)) added.add(name);
    },
    async save(complete) {
      const wasted = complete ? before.size - used.size : 0;
      if (added.size === 0 && wasted <= before.size * WASTE_MAX) return;
      const kept = complete ? [...used] : [...before];
      const postings = pack([...kept, ...added].slice(-POSTINGS_MAX));
      await db.pool.query({
        name: 'rejected-save',
        text: `insert into board_rejected (board_id, read_version, postings) values ($1, $2, $3)
          on conflict (board_id) do update set read_version = excluded.read_version, postings = excluded.postings`,
        values: [boardId, version, postings],
      });
    },
  };
}

function nameOf(hash: Buffer): string {
  return hash.toString('latin1', 0, KEPT_BYTES);
}

function unpack(packed: Buffer): Set<string> {
  const names = new Set<string>();
  for (let at = 0; at < packed.length; at += KEPT_BYTES) names.add(packed.toString('latin1', at, at + KEPT_BYTES));
  return names;
}

function pack(names: readonly string[]): Buffer {
  return Buffer.from(names.join(''), 'latin1');
}
