{{
    config(
        materialized='table',
        tags=['daily', "orders"]
    )
}}

with source as (
    select * from {{ source("raw", "orders") }}
)

select
    id as order_id,
    customer_id,
    cast(ordered_at as date) as ordered_on,
    status
from source
where ordered_at >= cast('{{ var("first_day") }}' as timestamp)
