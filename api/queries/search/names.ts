/** IAM terms by what people call them, so that "single sign-on" finds every job whose advert asks for it in whatever words. */
import type { Database } from '../../../shared/db/database.ts';
import type { Node } from './tsquery.ts';

export interface Names {
  /** Ids of terms by name, in small letters. */
  readonly idsOf: ReadonlyMap<string, readonly string[]>;
  readonly labelOf: ReadonlyMap<string, string>;
  /** Vendor terms of one product: `vendor.delinea` and `vendor.delinea_bare` are both Delinea. */
  readonly vendorsOf: (name: string) => readonly string[];
}

/** For what needs none. */
export const NO_NAMES: Names = { idsOf: new Map(), labelOf: new Map(), vendorsOf: (name) => [`vendor.${name}`] };

/** The worker writes them when it begins; a new release's are seen after so long. */
const KEPT_MS = 30_000;
/** Words of one name. */
const WORDS_MAX = 5;

const kept = new WeakMap<Database['pool'], { readonly at: number; readonly names: Promise<Names> }>();

export function readNames({ pool }: Pick<Database, 'pool'>): Promise<Names> {
  const known = kept.get(pool);
  if (known !== undefined && performance.now() - known.at < KEPT_MS) return known.names;
  const names = load(pool);
  kept.set(pool, { at: performance.now(), names });
  // What failed, or was read before anybody wrote it, is asked for again.
  names.then(
    ({ labelOf }) => labelOf.size === 0 && kept.delete(pool),
    () => kept.delete(pool),
  );
  return names;
}

async function load(pool: Database['pool']): Promise<Names> {
  const { rows } = await pool.query<{ id: string; label: string; names: string[] }>({
    name: 'search-names',
    text: 'select id, label, names from iam_term order by id',
  });
  const idsOf = new Map<string, string[]>();
  for (const { id, names } of rows) for (const name of names) idsOf.set(name, [...(idsOf.get(name) ?? []), id]);
  const byLabel = Map.groupBy(rows, ({ label }) => label);
  const labelOf = new Map(rows.map(({ id, label }) => [id, label]));
  return {
    idsOf,
    labelOf,
    vendorsOf: (name) => {
      const own = `vendor.${name}`;
      const alike = byLabel.get(labelOf.get(own) ?? '')?.map(({ id }) => id) ?? [];
      return [own, ...alike.filter((id) => id.startsWith('vendor.') && id !== own)];
    },
  };
}

/**
 * The query with the terms that its words and phrases name, as alternatives to the words themselves. What must not be there is
 * left as it is: a title without "Okta" may be meant, an advert that never names it hardly.
 */
export function withTerms(node: Node, idsOf: Names['idsOf']): Node {
  switch (node.kind) {
    case 'word':
    case 'phrase':
      return orTerms(node, idsOf.get(nameOf(node)));
    case 'or':
      return { kind: 'or', parts: node.parts.map((part) => withTerms(part, idsOf)) };
    case 'and':
      return { kind: 'and', parts: inRow(node.parts, idsOf) };
    default:
      return node;
  }
}

/** The longest names first: of words in a row "identity governance" is one name and not two words. */
function inRow(parts: readonly Node[], idsOf: Names['idsOf']): Node[] {
  const made: Node[] = [];
  for (let at = 0; at < parts.length; ) {
    let taken = 1;
    let node = withTerms(parts[at] as Node, idsOf);
    for (let many = Math.min(WORDS_MAX, parts.length - at); many > 1; many--) {
      const row = parts.slice(at, at + many);
      if (!row.every(({ kind }) => kind === 'word' || kind === 'phrase')) continue;
      const ids = idsOf.get(row.flatMap(wordsOf).join(' '));
      if (ids === undefined) continue;
      node = orTerms({ kind: 'and', parts: row }, ids);
      taken = many;
      break;
    }
    made.push(node);
    at += taken;
  }
  return made;
}

function orTerms(node: Node, ids: readonly string[] | undefined): Node {
  if (ids === undefined) return node;
  return { kind: 'or', parts: [node, ...ids.map((term) => ({ kind: 'term', term }) as const)] };
}

const nameOf = (node: Node) => (node.kind === 'word' && !node.word.includes('-') ? node.word : wordsOf(node).join(' '));

/** "sign-on" comes as itself before its parts. */
function wordsOf(node: Node): readonly string[] {
  if (node.kind === 'word') return [node.word.replaceAll('-', ' ')];
  if (node.kind !== 'phrase') return [];
  return node.words.filter((word) => !word.includes('-'));
}
