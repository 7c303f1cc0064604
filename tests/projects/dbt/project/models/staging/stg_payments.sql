-- Amounts are in cents; {{ this }} in a comment is no matter.
select
    id as payment_id,
    order_id,
    currency,
    amount_cents / 100.0 as amount
from {{ source('raw', 'payments') }}
where amount_cents >= {{ var('least_cents') }}
