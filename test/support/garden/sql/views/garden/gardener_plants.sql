-- purpose: a gardener with all plants and their beds, also without plants
-- grain: one row per gardener
-- reads: gardener, plant, bed
-- model: gardener_plants
create or replace sql security invoker view gardener_plants as
select
    gardener.gardener_id,
    gardener.name,
    gardener.born,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'plantId', plant.plant_id,
                        'species', plant.species,
                        'bed', bed.name
                    )
                    order by plant.plant_id
                )
            from plant
            join bed on bed.bed_id = plant.bed_id
            where plant.gardener_id = gardener.gardener_id
        ),
        json_array()
    ) as plants
from gardener;
