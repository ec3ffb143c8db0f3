-- purpose: facts of the cube plantings: what grows where
-- grain: one row per plant
-- reads: plant, bed
-- model: plantings
create or replace sql security invoker view plantings as
select
    plant.plant_id,
    plant.species,
    plant.bed_id as bed,
    bed.name as bed_name,
    plant.month,
    plant.size
from plant
left join bed on bed.bed_id = plant.bed_id;
