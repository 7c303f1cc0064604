{%- set statuses = ['placed', 'paid'] -%}
select
    customer_id,
    {{ other_package.cents('amount') }} as amount, {{ dbt.constructor('amount') }} as made
    {%- for status in statuses %},
    count(*) filter (where status = '{{ status }}') as {{ status }}_orders
    {%- endfor %}
from {{ ref('orders') }}
group by 1
