-- purpose: a plant with its bed, its gardener and its harvests
-- grain: one row per plant
-- reads: plant, bed, gardener, harvest
-- model: plant_card
create or replace sql security invoker view plant_card as
select
    plant.plant_id,
    plant.species,
    plant.height,
    plant.planted,
    (
        select json_object('bedId', bed.bed_id, 'name', bed.name)
        from bed
        where bed.bed_id = plant.bed_id
    ) as bed,
    (
        select json_object('gardenerId', gardener.gardener_id, 'name', gardener.name)
        from gardener
        where gardener.gardener_id = plant.gardener_id
    ) as gardener,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object(
                        'day', harvest.day,
                        'kilos', harvest.kilos,
                        'price', harvest.price,
                        'worth', harvest.worth
                    )
                    order by harvest.day
                )
            from harvest
            where harvest.plant_id = plant.plant_id
        ),
        json_array()
    ) as harvests
from plant;
