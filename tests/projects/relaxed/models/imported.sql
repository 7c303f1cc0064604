--- name: stg_people ---
with source as (

    select * from smelt.ref('raw_people')

),

renamed as (

    select
        id as customer_id,
        first_name,
        last_name

    from source

)

select * from renamed

--- name: stg_purchases ---
with source as (
    select * from smelt.ref('raw_purchases')
),
renamed as (
    select
        id as order_id,
        user_id as customer_id,
        order_date,
        status
    from source
)
select * from renamed

--- name: stg_charges ---
with source as (
    select * from smelt.ref('raw_charges')
),
renamed as (
    select
        id as payment_id,
        order_id,
        payment_method,
        -- amounts are stored in cents
        amount / 100 as amount
    from source
)
select * from renamed

--- name: people ---
with customers as (
    select * from smelt.ref('stg_people')
),
orders as (
    select * from smelt.ref('stg_purchases')
),
payments as (
    select * from smelt.ref('stg_charges')
),
customer_orders as (
    select
        customer_id,
        min(order_date) as first_order,
        max(order_date) as most_recent_order,
        count(order_id) as number_of_orders
    from orders
    group by customer_id
),
customer_payments as (
    select
        orders.customer_id,
        sum(amount) as total_amount
    from payments
    left join orders on
         payments.order_id = orders.order_id
    group by orders.customer_id
),
final as (
    select
        customers.customer_id,
        customers.first_name,
        customers.last_name,
        customer_orders.first_order,
        customer_orders.most_recent_order,
        customer_orders.number_of_orders,
        customer_payments.total_amount as customer_lifetime_value
    from customers
    left join customer_orders
        on customers.customer_id = customer_orders.customer_id
    left join customer_payments
        on  customers.customer_id = customer_payments.customer_id
)
select * from final

--- name: purchases ---
with orders as (
    select * from smelt.ref('stg_purchases')
),
payments as (
    select * from smelt.ref('stg_charges')
),
order_payments as (
    select
        order_id,
        sum(case when payment_method = 'credit_card' then amount else 0 end) as credit_card_amount,
        sum(case when payment_method = 'coupon' then amount else 0 end) as coupon_amount,
        sum(case when payment_method = 'bank_transfer' then amount else 0 end) as bank_transfer_amount,
        sum(case when payment_method = 'gift_card' then amount else 0 end) as gift_card_amount,
        sum(amount) as total_amount
    from payments
    group by order_id
),
final as (
    select
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.status,
        order_payments.credit_card_amount,
        order_payments.coupon_amount,
        order_payments.bank_transfer_amount,
        order_payments.gift_card_amount,
        order_payments.total_amount as amount
    from orders
    left join order_payments
        on orders.order_id = order_payments.order_id
)
select * from final

--- name: date_filter ---
select order_id, status
from smelt.ref('stg_purchases')
where order_date >= '2018-01-10' and order_date < '2018-02-10'
order by order_date desc

--- name: recent_first ---
with ranked as (
    select *, row_number() over (partition by customer_id order by order_date desc, order_id desc) as rn
    from smelt.ref('stg_purchases')
    order by customer_id
)
select * from ranked where rn = 1

--- name: unioned ---
select customer_id, first_name from smelt.ref('stg_people')
union all
select order_id, status from smelt.ref('stg_purchases')

--- name: spine ---
with rawdata as (
    with p as (
        select 0 as generated_number union all select 1
    ), unioned as (
        select
            p0.generated_number * power(2, 0)
            + p1.generated_number * power(2, 1)
            + p2.generated_number * power(2, 2)
            + 1
            as generated_number
        from p as p0
        cross join p as p1
        cross join p as p2
    )
    select *
    from unioned
    where generated_number <= 6
    order by generated_number
),
all_periods as (
    select (
        date_add(cast('2018-01-01' as date), interval (row_number() over (order by generated_number) - 1) day)
    ) as date_day
    from rawdata
),
filtered as (
    select *
    from all_periods
    where date_day <= cast('2018-01-05' as date)
)
select * from filtered

--- name: keyed ---
select
    md5(cast(coalesce(cast(order_id as TEXT), '_none_') || '-' || coalesce(cast(payment_method as TEXT), '_none_') as TEXT)) as charge_key,
    order_id,
    payment_method,
    sum(amount) as amount
from smelt.ref('stg_charges')
group by 1, 2, 3

--- name: deduped ---
select unioned.* exclude (row_num)
from (
    select s.*, row_number() over (partition by order_id order by payment_id) as row_num
    from smelt.ref('stg_charges') as s
) as unioned
where unioned.row_num = 1

--- name: shares ---
select
    status,
    count(*) as n,
    round(count(*) * 100 / sum(count(*)) over (), 2) as pct,
    count(case when customer_id > 3 then 1 end) / count(*) as upper_share
from smelt.ref('stg_purchases')
group by status

--- name: anti ---
select p.customer_id, p.first_name || ' ' || p.last_name as full_name
from smelt.ref('stg_people') p
where p.customer_id not in (select customer_id from smelt.ref('stg_purchases'))

--- name: flagged ---
select
    o.*,
    case when lower(o.status) like '%return%' then true else false end as is_return,
    o.order_date::timestamp + interval '1 day' as due_at,
    (select count(*) from smelt.ref('stg_charges') c where c.order_id = o.order_id) as charges,
    coalesce(lag(o.order_date) over (partition by o.customer_id order by o.order_date, o.order_id), o.order_date) as prior_date
from smelt.ref('stg_purchases') o

--- name: metrics_long ---
select 'people' as metric, count(*) as value from smelt.ref('people')
union all
select 'purchases', count(*) from smelt.ref('purchases')
union all
select 'amount', sum(amount) from smelt.ref('purchases')

--- name: not_found_joins ---
select c.customer_id, o.order_id, ch.payment_id
from smelt.ref('stg_people') c
left join smelt.ref('stg_purchases') o using (customer_id)
left join smelt.ref('stg_charges') ch using (order_id)
where 1 = 1
  and (o.status <> 'returned' or o.status is null)

--- name: as_text ---
select order_id || ':' || status as label, length(order_date || '') as n
from smelt.ref('stg_purchases')
where order_id in ('1', '2', 3)
