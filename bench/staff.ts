import type { Queryable } from "../src/stores/mariadb/mariadb.ts";

/** Employees at scale 1; with what belongs to them 3.2 million rows. */
const EMPLOYEES = 300_000;

const tables = `
  create table department (
    dept_no char(4) not null primary key, dept_name varchar(40) not null, unique key (dept_name)
  );
  create table employee (
    emp_no int not null primary key, birth_date date not null, first_name varchar(14) not null,
    last_name varchar(16) not null, gender enum('M', 'F', 'X') not null, hire_date date not null
  );
  create table department_member (
    emp_no int not null, dept_no char(4) not null, from_date date not null, to_date date not null,
    primary key (emp_no, dept_no), key (dept_no),
    foreign key (emp_no) references employee (emp_no), foreign key (dept_no) references department (dept_no)
  );
  create table title (
    emp_no int not null, title varchar(50) not null, from_date date not null, to_date date,
    primary key (emp_no, title, from_date), foreign key (emp_no) references employee (emp_no)
  );
  create table salary (
    emp_no int not null, from_date date not null, to_date date not null, amount decimal(10, 2) not null,
    primary key (emp_no, from_date), foreign key (emp_no) references employee (emp_no)
  )`;

const rowsOf = (employees: number) => `
  insert into department select concat('d', lpad(seq, 3, '0')), concat('Department ', seq) from seq_1_to_9;
  insert into employee
    select seq, '1952-01-01' + interval seq % 5000 day, concat('First', seq % 1277), concat('Last', seq % 1639),
      elt(1 + seq % 3, 'M', 'F', 'X'), '1985-01-01' + interval seq % 4000 day
    from seq_1_to_${employees};
  insert into department_member
    select e.seq, concat('d', lpad(1 + (e.seq + n.seq) % 9, 3, '0')), '1990-01-01' + interval n.seq year, '9999-01-01'
    from seq_1_to_${employees} as e join seq_0_to_1 as n on n.seq <= (e.seq % 10 = 0);
  insert into title
    select e.seq, elt(1 + (e.seq + n.seq) % 4, 'Engineer', 'Senior Engineer', 'Staff', 'Manager'),
      '1990-01-01' + interval n.seq year, if(n.seq = 0, null, '1999-01-01')
    from seq_1_to_${employees} as e join seq_0_to_1 as n on n.seq <= e.seq % 2;
  insert into salary
    select e.seq, '1986-06-26' + interval n.seq year, '1987-06-26' + interval n.seq year,
      38000 + (e.seq * 37 + n.seq * 1900) % 80000 + 0.25
    from seq_1_to_${employees} as e join seq_0_to_12 as n on n.seq <= e.seq % 13`;

/** What one statement may change: every salary of one employee in ten, or of three in ten, wherever their keys are. */
export const raises = [
  { share: 0.1, sql: "update salary set amount = amount + 1 where emp_no % 10 = 3" },
  { share: 0.3, sql: "update salary set amount = amount + 1 where emp_no % 10 in (2, 5, 8)" },
];

/** Every salary, by a session whose writes are not logged. */
export const raiseAll = `set @vitrine_uncaptured = 'salary'; update salary set amount = amount + 1;
  set @vitrine_uncaptured = null`;

/** Makes the tables of another team's database, and their rows, with its own SQL. @returns how many rows there are */
export async function createStaff(
  admin: Queryable,
  scale: number,
): Promise<{ employees: number; rows: number }> {
  const employees = Math.max(1000, Math.round(EMPLOYEES * scale));
  await admin.query(tables);
  // As a dump is loaded.
  await admin.query(`set foreign_key_checks = 0, unique_checks = 0; ${rowsOf(employees)};
    set foreign_key_checks = 1, unique_checks = 1;
    analyze table department, employee, department_member, title, salary`);
  const [row] = await admin.query<{ n: string }>(
    `select (select count(*) from employee) + (select count(*) from department_member)
      + (select count(*) from title) + (select count(*) from salary) as n`,
  );
  return { employees, rows: Number(row?.n) };
}
