-- purpose: a map, whose table nobody can name in Latin letters
-- grain: one row per row of 地图
-- reads: 地图
-- model: maps
create or replace sql security invoker view maps as
select
    concat(地图.编号, '~', 地图.layer) as map_key,
    地图.编号 as map_no,
    地图.layer,
    地图.名字 as title,
    地图.größe as size
from 地图;
