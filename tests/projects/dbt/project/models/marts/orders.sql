{{ config(materialized="incremental", unique_key="order_id") }}

with payments as (
    select
        p.order_id,
        sum(p.amount * c.rate) as amount
    from {{ ref('stg_payments') }} as p
    join {{ ref('currencies') }} as c on c.code = p.currency
    group by p.order_id
)

select
    o.order_id,
    o.customer_id,
    o.ordered_on,
    o.status,
    coalesce(payments.amount, 0) as amount,
    coalesce(payments.amount, 0) * (1 + {{ var('tax_rate', 0.2) }}) as gross
from {{ ref('coffee_house', 'stg_orders') }} as o
left join payments on payments.order_id = o.order_id
{% if is_incremental() %}
where o.ordered_on > (select max(ordered_on) from {{ this }})
{% endif %}
