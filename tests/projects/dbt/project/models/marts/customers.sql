{{ config(post_hook="grant select on {{ this }} to reader", contract={'enforced': true}) }}

select
    c.customer_id,
    c.customer_name,
    count(o.order_id) as orders,
    min(o.ordered_on) as first_order,
    sum(o.amount) as amount
from {{ ref('stg_customers') }} as c
left join {{ ref('orders') }} as o on o.customer_id = c.customer_id
group by 1, 2
