CREATE SCHEMA landing;
CREATE TABLE landing.customers (id BIGINT NOT NULL, name VARCHAR);
CREATE TABLE landing.till_orders (id BIGINT NOT NULL, customer_id BIGINT, ordered_at TIMESTAMP, status VARCHAR);
CREATE TABLE landing.payments (id BIGINT NOT NULL, order_id BIGINT, currency VARCHAR, amount_cents BIGINT);
INSERT INTO landing.customers VALUES (1, 'Ada'), (2, 'Bo'), (3, 'Cleo'), (4, NULL);
INSERT INTO landing.till_orders VALUES
  (1, 1, '2024-01-03 10:00:00', 'paid'), (2, 1, '2024-01-04 08:30:00', 'placed'), (3, 2, '2024-01-01 23:59:00', 'paid'),
  (4, 2, '2024-01-02 00:00:00', 'returned'), (5, 4, '2024-01-09 12:00:00', 'paid');
INSERT INTO landing.payments VALUES
  (1, 1, 'EUR', 500), (2, 1, 'USD', 300), (3, 3, 'USD', 700), (4, 4, 'EUR', 150), (5, 5, 'USD', 149), (6, 5, 'EUR', 1250);
