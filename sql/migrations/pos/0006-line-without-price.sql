-- Lines that were loaded without a price. Until fill_unit_price they stand in orderline at 0, and
-- these rows tell them from lines that were given away: 0 is a price like any other.
-- No foreign key: it would lock the line, and a note of a line that is gone harms nobody.
create table if not exists line_without_price (
    order_id int not null,
    product_id int not null,
    primary key (order_id, product_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
