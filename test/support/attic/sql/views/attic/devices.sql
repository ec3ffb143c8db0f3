-- purpose: the rows of device as documents
-- grain: one row per row of device
-- reads: device
-- model: devices
create or replace sql security invoker view devices as
select
    device.id as devices_id,
    device.made,
    device.is_on,
    device.is_lent + 0 as is_lent,
    device.flags + 0 as flags,
    cast(device.mask + 0 as decimal(20,0)) as mask,
    cast(device.seen as datetime(3)) as seen,
    device.woken,
    device.address,
    device.address_4 as address4,
    device.colours,
    device.state,
    st_asgeojson(device.place) as place,
    replace(to_base64(device.photo), cast(char(10) as char), '') as photo,
    replace(to_base64(device.digest), cast(char(10) as char), '') as digest,
    device.settings,
    device.counted,
    cast(device.total as char) as total
from device;
