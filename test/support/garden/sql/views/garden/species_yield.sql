-- purpose: what was harvested of a species
-- grain: one row per species that is planted
-- reads: plant, harvest
-- model: species_yield
create or replace sql security invoker view species_yield as
select
    plant.species,
    count(distinct plant.plant_id) as plants,
    count(harvest.day) as harvests,
    coalesce(sum(harvest.kilos), 0.00) as kilos
from plant
left join harvest on harvest.plant_id = plant.plant_id
group by plant.species;
