-- purpose: a bed with everybody who tends a plant in it, each once, also without gardeners
-- grain: one row per bed
-- reads: bed, plant, gardener
-- model: bed_gardeners
create or replace sql security invoker view bed_gardeners as
select
    bed.bed_id,
    bed.name,
    bed.area,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object('gardenerId', gardener.gardener_id, 'name', gardener.name)
                    order by gardener.gardener_id
                )
            from gardener
            where gardener.gardener_id in (
                select plant.gardener_id
                from plant
                where plant.bed_id = bed.bed_id
            )
        ),
        json_array()
    ) as gardeners
from bed;
