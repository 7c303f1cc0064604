--- name: product_tags ---
SELECT p.product_id, p.title, t.tag
FROM smelt.source('raw.products') AS p
CROSS JOIN LATERAL unnest(CAST(p.attributes->'tags' AS VARCHAR[])) AS t(tag)

--- name: ticket_tags ---
SELECT ticket_id, unnest(string_split(tags, ',')) AS tag
FROM smelt.source('raw.support_tickets')
WHERE tags IS NOT NULL

--- name: tag_counts ---
SELECT tag, count(*) AS tickets, list(ticket_id ORDER BY ticket_id) AS ticket_ids
FROM smelt.ref('ticket_tags')
GROUP BY tag

--- name: payment_methods_pivot ---
SELECT
  order_id,
  sum(CASE WHEN payment_method = 'card' THEN amount END) AS card,
  sum(CASE WHEN payment_method = 'bank_transfer' THEN amount END) AS bank_transfer,
  sum(CASE WHEN payment_method NOT IN ('card', 'bank_transfer') THEN amount ELSE 0 END) AS other
FROM smelt.ref('stg_payments')
GROUP BY order_id

--- name: survey_long ---
SELECT response_id, 'q1' AS question, try_cast(q1 AS INTEGER) AS answer FROM smelt.source('raw.survey_responses')
UNION ALL
SELECT response_id, 'q2' AS question, try_cast(q2 AS INTEGER) AS answer FROM smelt.source('raw.survey_responses')
UNION ALL
SELECT response_id, 'q3' AS question, try_cast(q3 AS INTEGER) AS answer FROM smelt.source('raw.survey_responses')

--- name: survey_scores ---
SELECT
  question,
  count(answer) AS answered,
  count(*) - count(answer) AS missing,
  avg(answer) AS mean,
  mode(answer) AS most_common
FROM smelt.ref('survey_long')
GROUP BY question

--- name: net_promoter ---
SELECT
  100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)) / count(*) AS nps,
  min(score) AS lowest,
  max(score) AS highest
FROM smelt.source('raw.survey_responses')

--- name: parsed_logs ---
SELECT
  regexp_extract(line, '^(\S+) - (\w+) (\S+) (\d+) (\d+)$', 1) AS ip,
  regexp_extract(line, '^(\S+) - (\w+) (\S+) (\d+) (\d+)$', 2) AS method,
  split_part(regexp_extract(line, '^(\S+) - (\w+) (\S+) (\d+) (\d+)$', 3), '?', 1) AS path,
  regexp_extract(line, 'utm_source=([a-z]+)', 1) AS utm_source,
  CAST(nullif(regexp_extract(line, '^(\S+) - (\w+) (\S+) (\d+) (\d+)$', 4), '') AS INTEGER) AS status_code
FROM smelt.source('raw.web_logs')
WHERE regexp_matches(line, '^\S+ - \w+ ')

--- name: org_chart ---
WITH RECURSIVE chart AS (
  SELECT employee_id, employee_name, manager_id, 1 AS level, employee_name AS path
  FROM smelt.source('raw.employees')
  WHERE manager_id IS NULL
  UNION ALL
  SELECT e.employee_id, e.employee_name, e.manager_id, c.level + 1 AS level, c.path || ' / ' || e.employee_name AS path
  FROM smelt.source('raw.employees') AS e
  JOIN chart AS c ON c.employee_id = e.manager_id
)
SELECT employee_id, employee_name, level, path FROM chart

--- name: salary_bands ---
SELECT
  e.department,
  e.employee_name,
  e.salary,
  avg(e.salary) OVER (PARTITION BY e.department) AS department_average,
  rank() OVER (PARTITION BY e.department ORDER BY e.salary DESC) AS salary_rank,
  percent_rank() OVER (ORDER BY e.salary) AS percentile,
  m.employee_name AS manager_name,
  e.salary > m.salary AS earns_more_than_manager
FROM smelt.source('raw.employees') AS e
LEFT JOIN smelt.source('raw.employees') AS m ON m.employee_id = e.manager_id

--- name: department_totals ---
SELECT
  coalesce(department, 'all') AS department,
  CASE WHEN grouping(department) = 1 THEN 'total' ELSE 'department' END AS kind,
  sum(salary) AS salaries,
  max(hired_on) AS last_hired,
  count(*) AS people
FROM smelt.source('raw.employees')
GROUP BY GROUPING SETS ((department), ())

--- name: sensor_stats ---
SELECT
  sensor_id,
  time_bucket(INTERVAL '1 hour', read_at) AS hour_start,
  count(reading) AS readings,
  round(avg(reading), 3) AS mean,
  min(reading) AS lowest,
  max(reading) AS highest,
  arg_max(read_at, reading) AS highest_at
FROM smelt.source('raw.sensor_readings')
GROUP BY sensor_id, time_bucket(INTERVAL '1 hour', read_at)

--- name: sensor_filled ---
SELECT
  sensor_id,
  read_at,
  coalesce(reading, lag(reading) OVER (PARTITION BY sensor_id ORDER BY read_at), 0) AS reading,
  reading IS NULL AS was_missing
FROM smelt.source('raw.sensor_readings')

--- name: open_tickets ---
SELECT
  t.ticket_id,
  c.customer_name,
  t.priority,
  CASE t.priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 ELSE 3 END AS priority_order,
  contains(coalesce(t.tags, ''), 'refund') AS wants_refund
FROM smelt.source('raw.support_tickets') AS t
JOIN smelt.ref('stg_customers') AS c USING (customer_id)
WHERE t.closed_at IS NULL

--- name: ticket_sla ---
SELECT
  priority,
  count(*) AS tickets,
  avg(date_diff('hour', opened_at, closed_at)) AS mean_hours,
  sum(CAST(closed_at - opened_at <= INTERVAL '2 days' AS INTEGER)) AS within_sla,
  max(coalesce(closed_at, TIMESTAMP '2024-04-01 00:00:00') - opened_at) AS longest
FROM smelt.source('raw.support_tickets')
GROUP BY priority

--- name: rfm ---
WITH base AS (
  SELECT
    customer_id,
    date_diff('day', max(ordered_on), DATE '2024-06-01') AS recency,
    count(*) AS frequency,
    sum(net_amount) AS monetary
  FROM smelt.ref('fct_orders')
  GROUP BY customer_id
),
scored AS (
  SELECT
    customer_id,
    recency,
    frequency,
    monetary,
    ntile(3) OVER (ORDER BY recency DESC, customer_id) AS r,
    ntile(3) OVER (ORDER BY frequency, customer_id) AS f,
    ntile(3) OVER (ORDER BY monetary, customer_id) AS m
  FROM base
)
SELECT customer_id, recency, frequency, monetary, concat(r, f, m) AS rfm_cell, r + f + m AS rfm_score
FROM scored

--- name: cohort_orders ---
WITH firsts AS (
  SELECT customer_id, min(order_month) AS cohort_month FROM smelt.ref('stg_orders') GROUP BY customer_id
)
SELECT
  firsts.cohort_month,
  date_diff('month', firsts.cohort_month, o.order_month) AS month_number,
  count(DISTINCT o.customer_id) AS customers,
  count(*) AS orders
FROM smelt.ref('stg_orders') AS o
JOIN firsts ON firsts.customer_id = o.customer_id
GROUP BY firsts.cohort_month, month_number

--- name: customer_first_last ---
SELECT
  customer_id,
  first(order_id ORDER BY ordered_at) AS first_order,
  last(order_id ORDER BY ordered_at) AS last_order,
  array_agg(DISTINCT currency ORDER BY currency) AS currencies,
  max_by(order_id, ordered_at) AS latest_order
FROM smelt.source('raw.orders')
GROUP BY customer_id

--- name: contactable ---
SELECT customer_id, email AS contact, 'email' AS channel
FROM smelt.ref('stg_customers')
WHERE email IS NOT NULL AND email LIKE '%@%.%'
UNION
SELECT customer_id, full_name AS contact, 'post' AS channel
FROM smelt.source('raw.customers')
WHERE email IS NULL

--- name: structs ---
SELECT
  order_id,
  {'status': status, 'currency': currency} AS header,
  [order_id, customer_id] AS ids,
  {'ordered': ordered_at, 'shipped': shipped_at} AS times,
  list_transform(string_split(coalesce(coupon_code, ''), 'I'), x -> upper(x)) AS parts
FROM smelt.source('raw.orders')

--- name: struct_fields ---
SELECT order_id, s.header.status AS status, s.ids[1] AS first_id, len(s.parts) AS part_count
FROM smelt.ref('structs') AS s
WHERE s.header.currency <> 'USD'

--- name: pareto ---
SELECT
  customer_id,
  lifetime_value,
  sum(lifetime_value) OVER (ORDER BY lifetime_value DESC, customer_id) AS running,
  lifetime_value / nullif(sum(lifetime_value) OVER (), 0) AS share,
  sum(lifetime_value) OVER (ORDER BY lifetime_value DESC, customer_id) / nullif(sum(lifetime_value) OVER (), 0) <= 0.8 AS in_top
FROM smelt.ref('dim_customers')
WHERE lifetime_value > 0

--- name: order_reconciliation ---
SELECT order_id FROM smelt.source('raw.orders') WHERE status <> 'cancelled'
EXCEPT
SELECT order_id FROM smelt.ref('stg_payments')

--- name: countries_both ---
SELECT country_code FROM smelt.ref('countries')
INTERSECT
SELECT country_code FROM smelt.ref('stg_customers')

--- name: values_lookup ---
SELECT o.order_id, v.label, v.is_final
FROM smelt.source('raw.orders') AS o
JOIN (VALUES ('completed', 'Done', TRUE), ('shipped', 'On its way', FALSE), ('cancelled', 'Cancelled', TRUE)) AS v(status, label, is_final)
  ON v.status = o.status

--- name: big_customers ---
SELECT c.customer_id, c.customer_name
FROM smelt.ref('stg_customers') AS c
WHERE c.customer_id IN (SELECT f.customer_id FROM smelt.ref('fct_orders') AS f GROUP BY f.customer_id HAVING sum(f.net_amount) > 100)
  AND EXISTS (FROM smelt.ref('stg_events') AS e WHERE e.user_id = c.customer_id)

--- name: above_average ---
SELECT order_id, net_amount
FROM smelt.ref('fct_orders')
WHERE net_amount > (SELECT avg(net_amount) FROM smelt.ref('fct_orders'))
  AND net_amount >= ALL (SELECT list_price FROM smelt.source('raw.products') WHERE category = 'books')

--- name: latest_three ---
materialization: table
---
SELECT o.order_id, o.customer_id, o.ordered_at
FROM smelt.source('raw.orders') AS o
ORDER BY o.ordered_at DESC, o.order_id
LIMIT 3

--- name: daily_revenue ---
materialize: daily
partition_by: ordered_on
---
SELECT ordered_on, count(*) AS lines, sum(net_amount) AS revenue
FROM smelt.ref('fct_order_lines')
GROUP BY ordered_on
