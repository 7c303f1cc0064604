{{ config(enabled=false) }}
select {{ dbt_utils.generate_surrogate_key(['order_id']) }} as order_key from {{ ref('orders') }}
