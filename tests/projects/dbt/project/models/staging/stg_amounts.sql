select
    {{ dbt_utils.generate_surrogate_key(['p.id', 'p.order_id']) }} as amount_key,
    {{ coffee_house.cents('p.amount_cents') }} as amount,
    {{ noted('p.amount_cents') }} as cents,
    {{ to_currency('p.amount_cents') }} as rounded,
    {{ to_currency('p.amount_cents', rate=0.5, digits=3) }} as half,
    {{ dbt.date_trunc('month', 'o.ordered_at') }} as month,
    {{ dbt.datediff("o.ordered_at", "cast('2024-02-01' as timestamp)", 'day') }} as days,
    {{ dbt.dateadd('day', 7, 'o.ordered_at') }} as due_at,
    {{ dbt.safe_cast("p.currency", dbt.type_int()) }} as no_number
from {{ source('raw', 'payments') }} as p
inner join {{ source('raw', 'orders') }} as o on p.order_id = o.id
