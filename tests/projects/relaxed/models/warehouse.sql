--- name: pricing_summary ---
select
    l_returnflag,
    l_linestatus,
    sum(l_quantity) as sum_qty,
    sum(l_extendedprice * (1 - l_discount)) as sum_disc_price,
    sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge,
    avg(l_quantity) as avg_qty,
    count(*) as count_order
from smelt.ref('lineitem')
where l_shipdate <= cast('1995-09-01' as date)
group by l_returnflag, l_linestatus
order by l_returnflag, l_linestatus

--- name: cheapest_supplier ---
select s_acctbal, s_name, n_name, p_partkey
from smelt.ref('part'), smelt.ref('supplier'), smelt.ref('partsupp'), smelt.ref('nation'), smelt.ref('region')
where p_partkey = ps_partkey
    and s_suppkey = ps_suppkey
    and p_type like '%TIN'
    and s_nationkey = n_nationkey
    and n_regionkey = r_regionkey
    and ps_supplycost = (
        select min(ps_supplycost)
        from smelt.ref('partsupp'), smelt.ref('supplier'), smelt.ref('nation'), smelt.ref('region')
        where p_partkey = ps_partkey
            and s_suppkey = ps_suppkey
            and s_nationkey = n_nationkey
            and n_regionkey = r_regionkey
    )
order by s_acctbal desc, n_name, s_name, p_partkey
limit 100

--- name: open_revenue ---
select
    l_orderkey,
    sum(l_extendedprice * (1 - l_discount)) as revenue,
    o_orderdate
from smelt.ref('customer'), smelt.ref('orders'), smelt.ref('lineitem')
where c_mktsegment = 'BUILDING'
    and c_custkey = o_custkey
    and l_orderkey = o_orderkey
    and o_orderdate < date '1995-03-15'
    and l_shipdate > '1994-02-01'
group by l_orderkey, o_orderdate
order by revenue desc, o_orderdate
limit 10

--- name: late_priority ---
select o_orderpriority, count(*) as order_count
from smelt.ref('orders')
where o_orderdate >= date '1994-01-01'
    and o_orderdate < date '1994-01-01' + interval '1' year
    and exists (
        select * from smelt.ref('lineitem') where l_orderkey = o_orderkey and l_commitdate < l_receiptdate
    )
group by o_orderpriority
order by o_orderpriority

--- name: nation_volume ---
select supp_nation, cust_nation, l_year, sum(volume) as revenue
from (
    select
        n1.n_name as supp_nation,
        n2.n_name as cust_nation,
        extract(year from l_shipdate) as l_year,
        l_extendedprice * (1 - l_discount) as volume
    from smelt.ref('supplier'), smelt.ref('lineitem'), smelt.ref('orders'), smelt.ref('customer'),
        smelt.ref('nation') n1, smelt.ref('nation') n2
    where s_suppkey = l_suppkey
        and o_orderkey = l_orderkey
        and c_custkey = o_custkey
        and s_nationkey = n1.n_nationkey
        and c_nationkey = n2.n_nationkey
        and ((n1.n_name = 'FRANCE' and n2.n_name = 'EGYPT') or (n1.n_name = 'EGYPT' and n2.n_name = 'FRANCE') or n1.n_name <> n2.n_name)
) as shipping
group by supp_nation, cust_nation, l_year

--- name: promo_share ---
select
    100.00 * sum(case when p_type like 'PROMO%' then l_extendedprice * (1 - l_discount) else 0 end)
        / sum(l_extendedprice * (1 - l_discount)) as promo_revenue
from smelt.ref('lineitem'), smelt.ref('part')
where l_partkey = p_partkey and l_shipdate >= date '1994-01-01'

--- name: order_distribution ---
select c_count, count(*) as custdist
from (
    select c_custkey, count(o_orderkey)
    from smelt.ref('customer') left outer join smelt.ref('orders')
        on c_custkey = o_custkey and o_comment not like '%special%requests%'
    group by c_custkey
) as c_orders (c_custkey, c_count)
group by c_count

--- name: top_supplier ---
with revenue (supplier_no, total_revenue) as (
    select l_suppkey, sum(l_extendedprice * (1 - l_discount))
    from smelt.ref('lineitem')
    group by l_suppkey
)
select s_suppkey, s_name, total_revenue
from smelt.ref('supplier'), revenue
where s_suppkey = supplier_no and total_revenue = (select max(total_revenue) from revenue)

--- name: part_variety ---
select p_brand, p_type, p_size, count(distinct ps_suppkey) as supplier_cnt
from smelt.ref('partsupp'), smelt.ref('part')
where p_partkey = ps_partkey
    and p_brand <> 'Brand#3'
    and p_size not in (49, 14, 23)
    and ps_suppkey not in (select s_suppkey from smelt.ref('supplier') where s_acctbal < 0)
group by p_brand, p_type, p_size
order by supplier_cnt desc, p_brand, p_type, p_size

--- name: small_quantity ---
select sum(l_extendedprice) / 7.0 as avg_yearly
from smelt.ref('lineitem'), smelt.ref('part')
where p_partkey = l_partkey
    and l_quantity < (select 1.2 * avg(l_quantity) from smelt.ref('lineitem') where l_partkey = p_partkey)

--- name: waiting_suppliers ---
select s_name, count(*) as numwait
from smelt.ref('supplier'), smelt.ref('lineitem') l1, smelt.ref('orders')
where s_suppkey = l1.l_suppkey
    and o_orderkey = l1.l_orderkey
    and l1.l_receiptdate > l1.l_commitdate
    and exists (select * from smelt.ref('lineitem') l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey)
    and not exists (
        select * from smelt.ref('lineitem') l3
        where l3.l_orderkey = l1.l_orderkey and l3.l_suppkey <> l1.l_suppkey and l3.l_receiptdate > l3.l_commitdate
    )
group by s_name
order by numwait desc, s_name

--- name: phone_codes ---
select cntrycode, count(*) as numcust, sum(c_acctbal) as totacctbal
from (
    select substring(c_phone from 1 for 2) as cntrycode, c_acctbal
    from smelt.ref('customer')
    where c_acctbal > (select avg(c_acctbal) from smelt.ref('customer') where c_acctbal > 0.00)
        and not exists (select * from smelt.ref('orders') where o_custkey = c_custkey and o_totalprice > 8500)
) as custsale
group by cntrycode
order by cntrycode

--- name: big_orders ---
select c_name, o_orderkey, o_totalprice, sum(l_quantity)
from smelt.ref('customer'), smelt.ref('orders'), smelt.ref('lineitem')
where o_orderkey in (select l_orderkey from smelt.ref('lineitem') group by l_orderkey having sum(l_quantity) > 60)
    and c_custkey = o_custkey and o_orderkey = l_orderkey
group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
order by o_totalprice desc
limit 5
