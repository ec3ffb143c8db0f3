-- purpose: what an employee earns from a day on, known by both
-- grain: one row per row of salary
-- reads: salary, employee
-- model: salaries
create or replace sql security invoker view salaries as
select
    concat(salary.emp_no, '~', salary.from_date) as salary_key,
    salary.emp_no,
    salary.from_date,
    salary.amount,
    employee.name
from salary
left join employee on employee.emp_no = salary.emp_no;
