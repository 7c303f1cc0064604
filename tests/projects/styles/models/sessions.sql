--- name: event_gaps ---
SELECT
  event_id,
  anonymous_id,
  occurred_at,
  lag(occurred_at) OVER w AS previous_at,
  occurred_at - lag(occurred_at) OVER w AS gap,
  coalesce(occurred_at - lag(occurred_at) OVER w > INTERVAL '30 minutes', TRUE) AS starts_session
FROM smelt.ref('stg_events')
WINDOW w AS (PARTITION BY anonymous_id ORDER BY occurred_at, event_id)

--- name: sessionized_events ---
allow_star: true
---
SELECT
  *,
  sum(CASE WHEN starts_session THEN 1 ELSE 0 END)
    OVER (PARTITION BY anonymous_id ORDER BY occurred_at, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session_number
FROM smelt.ref('event_gaps')

--- name: sessions ---
SELECT
  md5(concat(e.anonymous_id, '-', CAST(s.session_number AS VARCHAR))) AS session_id,
  e.anonymous_id,
  s.session_number,
  min(e.occurred_at) AS started_at,
  max(e.occurred_at) AS ended_at,
  date_diff('second', min(e.occurred_at), max(e.occurred_at)) AS duration_seconds,
  count(*) AS events,
  count(*) FILTER (WHERE e.event_name = 'purchase') AS purchases,
  bool_or(e.event_name = 'checkout') AS reached_checkout,
  arg_min(e.page_path, e.occurred_at) AS landing_page,
  string_agg(e.event_name, ' > ' ORDER BY e.occurred_at, e.event_id) AS path
FROM smelt.ref('stg_events') AS e
JOIN smelt.ref('sessionized_events') AS s ON s.event_id = e.event_id
GROUP BY e.anonymous_id, s.session_number

--- name: bounce_rate ---
SELECT
  landing_page,
  count(*) AS sessions,
  avg(CASE WHEN events = 1 THEN 1.0 ELSE 0.0 END) AS bounce_rate,
  median(duration_seconds) AS median_seconds,
  quantile_cont(duration_seconds, 0.9) AS p90_seconds
FROM smelt.ref('sessions')
GROUP BY landing_page

--- name: identity_map ---
-- The last known user of a device.
SELECT DISTINCT ON (anonymous_id) anonymous_id, user_id, occurred_at AS seen_at
FROM smelt.ref('stg_events')
WHERE user_id IS NOT NULL
ORDER BY anonymous_id, occurred_at DESC, event_id DESC

--- name: funnel ---
WITH steps AS (
  SELECT
    anonymous_id,
    min(CASE WHEN event_name = 'page_view' THEN occurred_at END) AS viewed_at,
    min(CASE WHEN event_name = 'product_view' THEN occurred_at END) AS product_at,
    min(CASE WHEN event_name = 'add_to_cart' THEN occurred_at END) AS cart_at,
    min(CASE WHEN event_name = 'purchase' THEN occurred_at END) AS purchase_at
  FROM smelt.ref('stg_events')
  GROUP BY anonymous_id
),
counted AS (
  SELECT
    count(viewed_at) AS viewed,
    count(*) FILTER (WHERE product_at > viewed_at) AS looked,
    count(*) FILTER (WHERE cart_at > product_at AND product_at > viewed_at) AS carted,
    count(*) FILTER (WHERE purchase_at > cart_at) AS bought
  FROM steps
)
SELECT 1 AS step, 'viewed' AS step_name, viewed AS visitors FROM counted
UNION ALL BY NAME
SELECT 2 AS step, 'looked' AS step_name, looked AS visitors FROM counted
UNION ALL BY NAME
SELECT 3 AS step, 'carted' AS step_name, carted AS visitors FROM counted
UNION ALL BY NAME
SELECT 4 AS step, 'bought' AS step_name, bought AS visitors FROM counted

--- name: funnel_conversion ---
SELECT
  step,
  step_name,
  visitors,
  first_value(visitors) OVER (ORDER BY step) AS entered,
  round(100.0 * visitors / nullif(lag(visitors) OVER (ORDER BY step), 0), 1) AS percent_of_previous,
  visitors - lead(visitors, 1, 0) OVER (ORDER BY step) AS dropped
FROM smelt.ref('funnel')

--- name: retention ---
WITH firsts AS (
  SELECT anonymous_id, min(occurred_at)::DATE AS cohort_day
  FROM smelt.ref('stg_events')
  GROUP BY anonymous_id
),
active AS (
  SELECT DISTINCT anonymous_id, CAST(occurred_at AS DATE) AS active_day
  FROM smelt.ref('stg_events')
)
SELECT
  f.cohort_day,
  a.active_day - f.cohort_day AS days_since,
  count(DISTINCT a.anonymous_id) AS visitors
FROM firsts AS f
JOIN active AS a USING (anonymous_id)
GROUP BY f.cohort_day, a.active_day - f.cohort_day

--- name: last_touch ---
-- The latest touch before each purchase, within 30 days.
SELECT
  p.event_id AS purchase_id,
  p.anonymous_id,
  p.occurred_at,
  (
    SELECT t.campaign
    FROM smelt.source('raw.campaign_touches') AS t
    WHERE t.anonymous_id = p.anonymous_id
      AND t.touched_at <= p.occurred_at
      AND t.touched_at > p.occurred_at - INTERVAL '30 days'
    ORDER BY t.touched_at DESC, t.touch_id DESC
    LIMIT 1
  ) AS campaign
FROM smelt.ref('stg_events') AS p
WHERE p.event_name = 'purchase'

--- name: touch_asof ---
SELECT p.event_id, p.anonymous_id, t.campaign, t.touched_at
FROM smelt.ref('stg_events') AS p
ASOF LEFT JOIN smelt.source('raw.campaign_touches') AS t
  ON p.anonymous_id = t.anonymous_id AND p.occurred_at >= t.touched_at

--- name: experiment_results ---
SELECT
  a.variant,
  count(DISTINCT a.visitor) AS visitors,
  count(DISTINCT e.anonymous_id) AS converted,
  CAST(count(DISTINCT e.anonymous_id) AS DOUBLE) / count(DISTINCT a.visitor) AS conversion,
  stddev_samp(a.visitors_hour) AS spread
FROM (
  SELECT visitor, variant, assigned_at, CAST(extract(hour FROM assigned_at) AS DOUBLE) AS visitors_hour
  FROM smelt.source('raw.page_assignments')
) AS a
LEFT JOIN smelt.ref('stg_events') AS e
  ON e.anonymous_id = a.visitor AND e.event_name = 'purchase' AND e.occurred_at >= a.assigned_at
GROUP BY a.variant
