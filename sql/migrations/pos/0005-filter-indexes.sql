-- Indexes of filters that had none, each of which a plan uses (test/integration/pos/indexes.test.ts
-- explains every lookup of the shop). No index on an order's subtotal or tax: every line that is
-- sold writes both, and nobody looks for them; the total has one.
--
-- What older comments say of their indexes and is not so: city_state_city_ix serves customers in a
-- state and state_sales, but not a city alone; product_name_ix is not for sales_report, which takes
-- a number; order_date_placed_ix serves the newest orders and orders between two moments, while
-- order_placed_on_ix serves sales_report.

-- for: customers in a city; products bought in a city
create index if not exists city_city_ix on city (city);
-- for: customers by first name
create index if not exists customer_first_name_ix on customer (first_name);
-- for: products by price. A sale moves the stock, not the price, and leaves it alone
create index if not exists product_current_price_ix on product (current_price);
-- for: orders shipped between two moments, or not shipped
create index if not exists order_date_shipped_ix on `order` (date_shipped);
