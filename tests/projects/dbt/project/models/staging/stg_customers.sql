with source as (

    select * from {{ source('raw', 'customers') }}

),

renamed as (

    select
        id as customer_id,
        {# names are written in all cases #}
        upper(name) as customer_name
    from source

)

select * from renamed
