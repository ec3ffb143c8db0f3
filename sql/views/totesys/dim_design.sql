-- purpose: a design of a bag
-- grain: one row per design
-- reads: design
-- model: dim_design
create or replace sql security invoker view dim_design as
select
    design.design_id,
    design.design_name,
    design.file_location,
    design.file_name
from design;
