import type { Rows } from "../comparator.ts";

type Documents = ReadonlyMap<string, Record<string, unknown>>;

/** What the rows of the odd tables say; what a driver gives as an object of its own comes as numbers and hexadecimals. */
export async function readOddTables(
  all: (sql: string) => Promise<Rows>,
): Promise<Record<"devices" | "maps" | "mixed" | "long_keys", Documents>> {
  const devices = await all(`select cast(id as char) as id, made + 0 as made, is_on, is_lent + 0 as lent,
    flags + 0 as flags, lower(hex(mask)) as mask, cast(seen as char) as seen, cast(woken as char) as woken,
    cast(address as char) as address, cast(address_4 as char) as address4, colours + 0 as colours, state + 0 as state,
    st_x(place) as x, st_y(place) as y, hex(photo) as photo, hex(digest) as digest, cast(settings as char) as settings,
    cast(counted as char) as counted, cast(total as char) as total from device`);
  const maps = await all("select 编号 as no, layer, 名字 as title, größe as size from 地图");
  const mixed = await all("select * from MixedCase");
  const named = await all("select name, n from long_key where char_length(name) <= 255");
  return {
    devices: new Map(devices.map((row) => [String(row.id), toDevice(row)])),
    maps: new Map(
      maps.map(({ no, layer, title, size }) => [
        JSON.stringify({ mapNo: no, layer }),
        {
          ...{ mapKey: `${no}~${layer}`, mapNo: String(no), layer: String(layer), title },
          size: textOf(size),
        },
      ]),
    ),
    mixed: new Map(
      mixed.map(({ ID, ...rest }) => [
        String(ID),
        {
          mixedId: String(ID),
          ...Object.fromEntries(
            Object.entries(rest).map(([name, value]) => [name.replace("Column", "column"), value]),
          ),
        },
      ]),
    ),
    long_keys: new Map(named.map(({ name, n }) => [String(name), { name, n: String(n) }])),
  };
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

const members = ["red", "green", "deep blue"];
const states = ["", "on", "off", "Lost"];

function toDevice(row: Rows[number]): Record<string, unknown> {
  const base64 = (hex: unknown) => (hex === null ? null : Buffer.from(String(hex), "hex").toString("base64"));
  const { seen, woken, x, y, colours } = row;
  return {
    devicesId: row.id,
    made: textOf(row.made),
    isOn: row.is_on === 1,
    isLent: row.lent === null ? null : Number(row.lent) === 1,
    flags: String(row.flags),
    mask: BigInt(`0x${row.mask}`).toString(),
    seen: seen === null ? null : `${String(seen).slice(0, 23).replace(" ", "T")}Z`,
    woken,
    address: row.address,
    address4: row.address4,
    colours: colours === null ? null : members.filter((_, at) => Number(colours) & (1 << at)).join(","),
    state: states[Number(row.state)],
    place: x === null ? null : `{"type": "Point", "coordinates": [${x}, ${y}]}`,
    photo: base64(row.photo),
    digest: base64(row.digest),
    settings: row.settings,
    counted: row.counted,
    total: row.total,
  };
}
