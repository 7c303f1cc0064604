{% macro sums(columns) %}{% for one in columns %}sum({{ one }}){% if not loop.last %}, {% endif %}{% endfor %}{% endmacro %}
