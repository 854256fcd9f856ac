/** What people call IAM terms, for the search: the labels and plain phrases of the taxonomy. */
import { hash } from 'node:crypto';
import type { Database } from '../../../shared/db/database.ts';
import taxonomy from '../../steps/score/taxonomy.json' with { type: 'json' };

interface Term {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly phrases: readonly string[];
}

/** Alternatives of one phrase that are written out. */
const VARIANTS_MAX = 24;

const saved = new WeakSet<Database['pool']>();

/** Once for each process: writes nothing when they are there already. */
export async function saveNames({ pool }: Pick<Database, 'pool'>): Promise<void> {
  if (saved.has(pool)) return;
  const rows = (taxonomy.terms as readonly Term[]).map((term) => ({ ...term, names: namesOf(term) }));
  const version = hash('sha256', JSON.stringify(rows), 'hex').slice(0, 16);
  await pool.query(
    `with known as (select count(*) filter (where version = $5) as n from iam_term), gone as (
      delete from iam_term where version <> $5 and id <> all ($1::text[])
    )
    insert into iam_term (id, kind, label, names, version)
    select u.id, u.kind, u.label, string_to_array(u.names, e'\\x1f'), $5
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u (id, kind, label, names), known
    where known.n < cardinality($1::text[]) order by u.id
    on conflict (id) do update set kind = excluded.kind, label = excluded.label, names = excluded.names, version = excluded.version`,
    [
      rows.map(({ id }) => id),
      rows.map(({ group }) => group),
      rows.map(({ label }) => label),
      rows.map(({ names }) => names.join('\x1f')),
      version,
    ],
  );
  saved.add(pool);
}

/** In small letters, words parted by blanks. */
export function namesOf({ label, phrases }: Pick<Term, 'label' | 'phrases'>): string[] {
  const names = [label, ...phrases.flatMap(variantsOf)].map((name) =>
    name
      .toLowerCase()
      .replaceAll(/[-_\s]+/g, ' ')
      .trim(),
  );
  return [...new Set(names)].filter((name) => /[\p{L}\p{N}]/u.test(name));
}

/** `a b|c` is "a b" and "a c"; `x*` has no end to write out. */
function variantsOf(phrase: string): string[] {
  if (phrase.includes('*')) return [];
  return phrase
    .split(' ')
    .reduce<string[]>((made, word) => made.flatMap((front) => word.split('|').map((one) => `${front} ${one}`)), [''])
    .slice(0, VARIANTS_MAX);
}
