/**
 * Which postings of one connected group are one job. The strongest links are taken first; a link that would bring together
 * two that are proven to be two is left. A function of the set: the order in which postings came does not change it.
 */

export interface Link {
  readonly a: number;
  readonly b: number;
  readonly strength: number;
}

/** @see partition */
export interface Member {
  /** Decides where links are equally strong; unique. */
  readonly ref: string;
}

/**
 * @param links by places in `members`; at most one for each pair
 * @param isApart whether two members, by their places, can never be one job
 * @returns places of the members of each job; members and jobs are in the order of their refs
 */
export function partition(
  members: readonly Member[],
  links: readonly Link[],
  isApart: (a: number, b: number) => boolean,
): number[][] {
  const order = members.map((_, i) => i).sort((a, b) => compare(ref(members, a), ref(members, b)));
  const rank = new Map(order.map((member, i) => [member, i]));
  const groups = new Map(order.map((member) => [member, { members: [member], apart: new Set<number>() }]));
  const groupOf = new Map(order.map((member) => [member, member]));
  for (const a of order) {
    for (const b of order) if (a !== b && isApart(a, b)) groups.get(a)?.apart.add(b);
  }
  const places = (link: Link) =>
    [rank.get(link.a) ?? 0, rank.get(link.b) ?? 0].sort((x, y) => x - y) as [number, number];
  const ordered = links
    .map((link) => ({ ...link, places: places(link) }))
    .sort((x, y) => y.strength - x.strength || x.places[0] - y.places[0] || x.places[1] - y.places[1]);
  for (const { a, b } of ordered) {
    const [into, from] = [groupOf.get(a) ?? a, groupOf.get(b) ?? b];
    const [left, right] = [groups.get(into), groups.get(from)];
    if (into === from || left === undefined || right === undefined) continue;
    if (right.members.some((member) => left.apart.has(member))) continue;
    for (const member of right.members) {
      left.members.push(member);
      groupOf.set(member, into);
    }
    for (const member of right.apart) left.apart.add(member);
    groups.delete(from);
  }
  return [...groups.values()]
    .map((group) => group.members.sort((x, y) => (rank.get(x) ?? 0) - (rank.get(y) ?? 0)))
    .sort((x, y) => (rank.get(x[0] ?? 0) ?? 0) - (rank.get(y[0] ?? 0) ?? 0));
}

const ref = (members: readonly Member[], i: number) => members[i]?.ref ?? '';
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
