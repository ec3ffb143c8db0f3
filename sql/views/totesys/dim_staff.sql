-- purpose: a member of the staff with the department
-- grain: one row per member of the staff
-- reads: staff, department
-- model: dim_staff
create or replace sql security invoker view dim_staff as
select
    staff.staff_id,
    staff.first_name,
    staff.last_name,
    staff.email_address,
    staff.department_id,
    department.department_name,
    department.location
from staff
left join department on department.department_id = staff.department_id;
