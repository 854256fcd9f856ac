/** Which postings belong to which job: asks the pure rules, and says what has to change. */
import type { PoolClient } from 'pg';
import { partition } from '../../steps/merge/cluster.ts';
import { judgeSigns } from '../../steps/merge/judge.ts';
import type { Sign } from '../../steps/merge/sign.ts';
import { type Component, loadSigns, type StoredLink } from './links.ts';
import { homeOf } from './subjects.ts';

/** Where a posting is and where it came from. */
export interface Seat {
  readonly id: string;
  readonly jobId: string;
  readonly homeJobId: string | null;
}

/** One job as it shall be. */
export interface Group {
  readonly jobId: string;
  readonly members: readonly Seat[];
  readonly links: readonly StoredLink[];
}

export interface Plan {
  /** Jobs whose row must be written. */
  readonly groups: readonly Group[];
  /** Jobs whose row must go first: those of the groups, and those that are absorbed. */
  readonly jobs: readonly string[];
}

/** A person's word counts more than any proof. */
const BY_HAND = 10_000;

/**
 * @param changed postings that are new or changed: their job is written anew when it has other postings too
 */
export async function planJobs(
  client: PoolClient,
  components: readonly Component[],
  changed: ReadonlySet<string>,
  signs: Map<string, Sign>,
): Promise<Plan> {
  const ids = components.flatMap((component) => component.ids);
  const seats = await loadSeats(client, ids);
  await loadSigns(client, ids, signs, new Set());
  const groups = components.flatMap((component) => groupsOf(component, seats, signs));
  const before = Map.groupBy(seats.values(), ({ jobId }) => jobId);
  const written = groups.filter((group) => {
    const same = before.get(group.jobId)?.length === group.members.length;
    const stays = same && group.members.every(({ jobId }) => jobId === group.jobId);
    return !stays || (group.members.length > 1 && group.members.some(({ id }) => changed.has(id)));
  });
  const jobs = new Set(written.flatMap(({ jobId, members }) => [jobId, ...members.map((member) => member.jobId)]));
  return { groups: written, jobs: [...jobs] };
}

function groupsOf(component: Component, seats: ReadonlyMap<string, Seat>, signs: ReadonlyMap<string, Sign>): Group[] {
  const members = component.ids.filter((id) => seats.has(id));
  const place = new Map(members.map((id, i) => [id, i]));
  const at = (id: string) => place.get(id) ?? -1;
  const byHand = new Map(component.decisions.map(({ a, b, same }) => [`${a}/${b}`, same]));
  const handOf = (a: string, b: string) => byHand.get(`${a}/${b}`) ?? byHand.get(`${b}/${a}`);
  const links = [
    ...component.links.filter(({ a, b }) => handOf(a, b) === undefined),
    ...component.decisions.filter(({ same }) => same).map(({ a, b }) => ({ a, b, strength: BY_HAND })),
  ]
    .map(({ a, b, strength }) => ({ a: at(a), b: at(b), strength }))
    .filter(({ a, b }) => a >= 0 && b >= 0);
  const isApart = (a: number, b: number) => {
    const [left, right] = [members[a] ?? '', members[b] ?? ''];
    const decided = handOf(left, right);
    if (decided !== undefined) return !decided;
    const [one, other] = [signs.get(left), signs.get(right)];
    return one !== undefined && other !== undefined && judgeSigns(one, other)?.same === false;
  };
  const refs = members.map((id) => ({ ref: signs.get(id)?.ref ?? id }));
  return partition(refs, links, isApart).map((group) => {
    const seated = group.flatMap((i) => seats.get(members[i] ?? '') ?? []);
    const inside = new Set(seated.map(({ id }) => id));
    return {
      jobId: seated.map(homeOf).reduce(lower),
      members: seated,
      links: component.links.filter(({ a, b }) => inside.has(a) && inside.has(b)),
    };
  });
}

/** The job that was there first keeps its id, whichever posting came last. */
const lower = (a: string, b: string) => (BigInt(a) <= BigInt(b) ? a : b);

async function loadSeats(client: PoolClient, ids: readonly string[]): Promise<Map<string, Seat>> {
  const { rows } = await client.query<{ id: string; job_id: string; home_job_id: string | null }>({
    name: 'merge-seats',
    text: `select id::text, job_id::text, home_job_id::text from posting where id = any($1::bigint[]) order by id for update`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, { id: row.id, jobId: row.job_id, homeJobId: row.home_job_id }]));
}
