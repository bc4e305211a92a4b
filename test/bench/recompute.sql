-- The yardstick of `batch.recompute`: the state of every commerce view, written by hand for DuckDB.
-- Same input (`lake`: the archive's Parquet), same duplicates rule (semantics I2), same tiles, sessions and
-- distinct sets as the generated SQL; nothing is presented. One table per view and grain.
create temp table duplicate as
  select _partition, _offset from (
    select _partition, _offset, _appended_at,
           lag(_appended_at) over (partition by _partition, _id order by _offset) as earlier
    from lake where hash(_id) in (select hash(_id) from lake group by 1 having count(*) > 1))
  where earlier >= _appended_at - interval 24 hours;

create temp table shop_event as
  select _partition, _offset, user_id, epoch_ms("at") as ms, type, product_id, amount
  from lake anti join duplicate using (_partition, _offset);

create table user_total as
  select _partition, user_id, count(*) as events, min(ms) as first_at, max(ms) as last_at,
         arg_max(type, (ms, _offset)) as last_type, arg_max(_offset, (ms, _offset)) as last_offset
  from shop_event group by all;

create table user_1s as
  select _partition, user_id, ms // 1000 as tile, count(*) as events, count(*) filter (type = 'click') as clicks
  from shop_event group by all;

create table user_5s as
  select _partition, user_id, ms // 5000 as tile, count(*) as events,
         sum(case type when 'page_view' then 1 when 'click' then 3 when 'search' then 2
                       when 'add_to_cart' then 7 else 10 end) as score
  from shop_event group by all;

create table user_1m as
  select _partition, user_id, ms // 60000 as tile, count(*) as events
  from shop_event group by all;

create table user_session as
  select _partition, user_id, min(ms) as started_at, max(ms) as ended_at, count(*) as events from (
    select _partition, user_id, ms, sum(opens) over (partition by _partition, user_id order by ms) as session from (
      select _partition, user_id, ms,
             (ms - lag(ms) over (partition by _partition, user_id order by ms) > 1800000)::int as opens
      from shop_event))
  group by _partition, user_id, session;

create table product_minute as
  select _partition, ms // 60000 as minute, product_id, count(*) as orders, sum(amount) as revenue
  from shop_event where type = 'purchase' and product_id is not null group by all;

create table category_minute as
  select _partition, ms // 60000 as minute, product_id, count(*) as orders, sum(amount) as revenue
  from shop_event where type = 'purchase' group by all;

create table product_hour as
  select _partition, product_id, ms // 60000 as tile, sum(amount) as revenue
  from shop_event where type = 'purchase' and product_id is not null group by all;

create table visitors_by_hour as
  with pairs as (
    select _partition, ms // 3600000 as hour, user_id, bool_or(type = 'purchase') as bought
    from shop_event group by all)
  select _partition, hour, list(user_id) as visitors, list(user_id) filter (bought) as buyers
  from pairs group by all;
