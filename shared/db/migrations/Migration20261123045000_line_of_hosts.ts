/**
 * The two functions of the ledger again, each with one thing changed. What must wait for one host of a source with many (its
 * breaker, its back-off) takes no place in the line of all hosts: whoever wanted another host went behind it, up to fifteen
 * minutes. And bookings of sources without ceilings do not wait for the disk.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123045000_line_of_hosts extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  `create or replace function gate_take(
    p_at timestamptz, p_source text, p_host text, p_key text, p_policy jsonb,
    p_id text, p_mode text, p_want integer, p_least integer, p_patience_ms float8, p_lease_ms float8,
    out granted integer, out wait_ms float8, out why text, out note text, out kind text, out probes text[], out booked_at timestamptz
  ) language plpgsql as $$
  declare
    ms constant interval := interval '1 millisecond';
    g gate; b budget;
    rule jsonb; bound jsonb;
    t timestamptz; start timestamptz; ready timestamptz; spacing float8; room integer; placed timestamptz;
    every float8; burst integer; most integer; needed integer; window_start timestamptz;
    of_host boolean := false;
  begin
    -- Pace and calls at once are about seconds: what a crash of the server forgets of them has passed when it is back.
    if p_policy -> 'ceilings' = '[]' then perform set_config('synchronous_commit', 'off', true); end if;
    perform 1 from gate where source = p_source and host = '' for update;
    if not found then
      insert into gate (source) values (p_source) on conflict do nothing;
      perform 1 from gate where source = p_source and host = '' for update;
    end if;
    if p_host <> '' then
      insert into gate (source, host) values (p_source, p_host) on conflict do nothing;
    end if;
    -- Only under the lock: whoever waited for it must not act on an older time.
    t := coalesce(p_at, clock_timestamp());
    start := t;
    granted := p_want;
    probes := '{}';
    spacing := 0;

    for g in select * from gate where source = p_source and host in ('', p_host) order by host for update loop
      rule := case when g.host = '' then p_policy -> 'source' else p_policy -> 'host' end;
      every := (rule ->> 'ms')::float8;
      burst := (rule ->> 'burst')::integer;
      most := (rule ->> 'calls')::integer;

      if g.breaker = 'open' and (g.breaker_key is null or g.breaker_key = p_key) then
        if g.breaker_until > t then
          ready := g.breaker_until;
        elsif g.probe_until > t and g.probe_id <> p_id then
          -- Somebody is finding out already.
          ready := least(g.probe_until, t + 5000 * ms);
        else
          ready := null;
          probes := probes || g.host;
        end if;
        if ready > start then
          start := ready; why := 'breaker'; note := g.breaker_reason; kind := g.breaker_kind; of_host := g.host <> '';
        end if;
      end if;
      if g.held_until > start then
        start := g.held_until; why := 'back-off'; note := g.held_for; of_host := g.host <> '';
      end if;
      if every is not null then
        ready := g.due_at + (1 - burst) * every * ms;
        -- A newcomer goes behind those who were told to come again, unless they did not come: pace is not kept free for nobody.
        if p_mode = 'first' and g.host = '' and g.due_at >= t - 2000 * ms then
          ready := greatest(ready, g.line_at);
        end if;
        spacing := greatest(spacing, every);
        if ready > start then
          start := ready; why := 'pace'; note := null; of_host := g.host <> '';
        end if;
      end if;
      if most is not null then
        select count(*) into room from jsonb_each_text(g.calls) as under_way(id, until)
          where until::float8 > extract(epoch from t) * 1000 and id <> p_id;
        if room >= most then
          -- When one of them ends is not known; whoever is patient asks again.
          ready := t + (p_patience_ms + 1) * ms;
          if ready > start then
            start := ready; why := 'calls'; note := null; of_host := g.host <> '';
          end if;
        end if;
      end if;
    end loop;

    if p_want > 0 then
      for bound in select * from jsonb_array_elements(p_policy -> 'ceilings') loop
        every := (bound ->> 'ms')::float8;
        burst := (bound ->> 'burst')::integer;
        window_start := case when bound ->> 'period' = 'lifetime' then '-infinity'
          else date_trunc(bound ->> 'period', t, 'UTC') end;
        select * into b from budget
          where source = p_source and key_mark = p_key and period = bound ->> 'period' for update;
        if not found then
          insert into budget (source, key_mark, period, ceiling, window_at, asked_at)
            values (p_source, p_key, bound ->> 'period', (bound ->> 'ceiling')::integer, window_start, t)
            returning * into b;
        end if;
        needed := least(p_least, burst, (bound ->> 'ceiling')::integer);
        room := (bound ->> 'ceiling')::integer - case when b.window_at = window_start then b.spent else 0 end;
        ready := null;
        if room < needed then
          ready := case when bound ->> 'period' = 'lifetime' then timestamptz 'infinity'
            else date_add(window_start, ('1 ' || (bound ->> 'period'))::interval, 'UTC') end;
        end if;
        if b.server_resets_at > t then
          room := least(room, b.server_left);
          if b.server_left < needed then ready := greatest(ready, b.server_resets_at); end if;
        end if;
        if every is not null then
          if b.due_at > t then
            room := least(room, greatest(0, floor(burst - extract(epoch from b.due_at - t) * 1000 / every))::integer);
            if room < needed then
              ready := greatest(ready, b.due_at + (needed - burst) * every * ms);
            end if;
          else
            room := least(room, burst);
          end if;
        end if;
        granted := least(granted, greatest(room, needed));
        if ready > start then
          of_host := false;
          start := ready; why := 'budget'; note := bound ->> 'period'; spacing := greatest(spacing, least(every, 1000));
        end if;
      end loop;
    end if;

    if start > t + p_patience_ms * ms then
      granted := 0;
      probes := '{}';
      wait_ms := case when start = timestamptz 'infinity' then null else extract(epoch from start - t) * 1000 end;
      if start <= t + interval '15 minutes' and not of_host
        and (p_mode = 'again' or (p_mode = 'first' and why <> 'calls')) then
        -- A place in the line, so that those who wait come one after the other and in their order. Not for a wait that is one host's
        -- own: the line is that of all hosts, and nobody else waits for this one.
        select greatest(start, line_at) into placed from gate where source = p_source and host = '';
        placed := least(placed, greatest(start, t + interval '15 minutes'));
        update gate set line_at = placed + greatest(spacing, 50) * ms where source = p_source and host = '';
        wait_ms := extract(epoch from placed - t) * 1000;
      end if;
      return;
    end if;

    update gate set
      requests = requests + 1,
      due_at = case when c.every is null then due_at else greatest(due_at, start) + c.every * ms end,
      calls = case when c.most is null then calls else
        coalesce((select jsonb_object_agg(id, until) from jsonb_each_text(calls) as under_way(id, until)
          where until::float8 > extract(epoch from t) * 1000), '{}')
        || jsonb_build_object(p_id, extract(epoch from start) * 1000 + p_lease_ms) end,
      probe_id = case when host = any(probes) then p_id else probe_id end,
      probe_until = case when host = any(probes) then start + p_lease_ms * ms else probe_until end
    from (values
      ('', (p_policy -> 'source' ->> 'ms')::float8, (p_policy -> 'source' ->> 'calls')::integer),
      (nullif(p_host, ''), (p_policy -> 'host' ->> 'ms')::float8, (p_policy -> 'host' ->> 'calls')::integer)
    ) as c(host_of, every, most)
    where gate.source = p_source and gate.host = c.host_of;
    if granted > 0 then
      update budget set
        ceiling = c.ceiling,
        busy_since = case when due_at >= start then busy_since else start end,
        due_at = greatest(due_at, start) + granted * coalesce(c.every, 0) * ms,
        window_at = c.window_start,
        spent = granted + case when window_at = c.window_start then spent else 0 end,
        server_left = case when server_resets_at > t then server_left - granted end,
        server_resets_at = case when server_resets_at > t then server_resets_at end,
        asked_at = t
      from (select e ->> 'period' as period, (e ->> 'ceiling')::integer as ceiling, (e ->> 'ms')::float8 as every,
          case when e ->> 'period' = 'lifetime' then timestamptz '-infinity' else date_trunc(e ->> 'period', t, 'UTC') end
            as window_start
        from jsonb_array_elements(p_policy -> 'ceilings') e) c
      where budget.source = p_source and budget.key_mark = p_key and budget.period = c.period;
    end if;
    wait_ms := extract(epoch from start - t) * 1000;
    booked_at := start;
    why := null;
    note := null;
    kind := null;
  end $$`,
  `create or replace function gate_settle(
    p_at timestamptz, p_source text, p_host text, p_key text, p_ids text[],
    p_hold_ms float8, p_hold_for text, p_period text, p_left integer, p_resets_ms float8,
    p_refund integer, p_refund_of timestamptz, p_policy jsonb, p_requests integer, p_unit_requests integer
  ) returns void language plpgsql as $$
  declare
    ms constant interval := interval '1 millisecond';
    t timestamptz;
  begin
    if p_policy -> 'ceilings' = '[]' and p_hold_ms is null then perform set_config('synchronous_commit', 'off', true); end if;
    perform 1 from gate where source = p_source and host = '' for update;
    t := coalesce(p_at, clock_timestamp());
    update gate set
      calls = calls - p_ids,
      requests = requests + case when host = '' then p_requests else 0 end,
      unit_requests = case when host = '' then coalesce(p_unit_requests, unit_requests) else unit_requests end,
      held_for = case when host = p_host and t + p_hold_ms * ms > coalesce(held_until, t) then p_hold_for else held_for end,
      held_until = case when host = p_host then greatest(held_until, t + p_hold_ms * ms) else held_until end
    where source = p_source and host in ('', p_host);
    if p_period is not null then
      -- Only towards caution: what was booked and not sent yet is no part of what the server counts.
      update budget set
        server_told_at = case when server_resets_at > t and server_left <= p_left then server_told_at else t end,
        server_left = case when server_resets_at > t then least(server_left, p_left) else p_left end,
        server_resets_at = case when server_resets_at > t then greatest(server_resets_at, t + p_resets_ms * ms)
          else t + p_resets_ms * ms end
      where source = p_source and key_mark = p_key and period = p_period;
    end if;
    if p_refund > 0 then
      update budget set
        -- Where the line stood still since, the time that was booked has gone by and cannot be given back.
        due_at = case when busy_since <= p_refund_of then due_at - p_refund * coalesce(c.every, 0) * ms else due_at end,
        spent = case when window_at = c.window_start then greatest(0, spent - p_refund) else spent end,
        -- What the server told since has none of it left to give back.
        server_left = case when server_told_at < p_refund_of then server_left + p_refund else server_left end
      from (select e ->> 'period' as period, (e ->> 'ms')::float8 as every,
          case when e ->> 'period' = 'lifetime' then timestamptz '-infinity'
            else date_trunc(e ->> 'period', p_refund_of, 'UTC') end as window_start
        from jsonb_array_elements(p_policy -> 'ceilings') e) c
      where budget.source = p_source and budget.key_mark = p_key and budget.period = c.period;
    end if;
  end $$`,
];
