{%- set statuses = ['placed', 'paid'] -%}
select
    customer_id
    {%- for status in statuses %},
    count(*) filter (where status = '{{ status }}') as {{ status }}_orders
    {%- endfor %}
from {{ ref('orders') }}
group by 1
