export interface City {
  readonly zip: string;
  readonly city: string;
  readonly state: string;
}
export interface Customer {
  readonly customer_id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address1: string;
  readonly address2: string | null;
  readonly zip: string;
}
export interface Product {
  readonly product_id: number;
  readonly name: string;
  readonly current_price: string;
  readonly available_quantity: number;
}
export interface Order {
  readonly order_id: number;
  readonly customer_id: number;
  readonly status: string;
  readonly date_placed: string;
  readonly date_shipped: string | null;
  readonly sales_tax: string;
}
export interface Line {
  readonly order_id: number;
  readonly product_id: number;
  readonly quantity: number;
  readonly unit_price: string;
}
export interface PriceChange {
  readonly price_history_id: number;
  readonly product_id: number;
  readonly old_price: string;
  readonly new_price: string;
  readonly changed_at: string;
}

/** Whoever reads rows: decimals and times as text, whole numbers as numbers. */
export interface RowReader {
  query<T extends object>(sql: string): Promise<readonly T[]>;
}

/** All rows of the shop's base tables, as they are. */
export const readShop = async (db: RowReader) => ({
  cities: await db.query<City>("select * from city"),
  customers: await db.query<Customer>("select * from customer"),
  products: await db.query<Product>("select * from product"),
  orders: await db.query<Order>("select * from `order`"),
  lines: await db.query<Line>("select * from orderline"),
  history: await db.query<PriceChange>("select * from price_history"),
});
