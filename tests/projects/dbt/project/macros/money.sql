{# The same for every database, but for the one that has its own. #}
{% macro to_currency(amount, rate=1, digits=2) -%}
    {{ return(adapter.dispatch('to_currency', 'shop')(amount, rate, digits)) }}
{%- endmacro %}

{% macro default__to_currency(amount, rate, digits) -%}
    cast(({{ cents(amount) }} * {{ rate }}) as numeric(16, {{ digits }}))
{%- endmacro %}

{% macro mysql__to_currency(amount, rate, digits) -%}
    {{ amount }} / 100 * {{ rate }}
{%- endmacro %}

{% macro noted(amount) %}
    {{ amount }} -- in cents
{% endmacro %}
