import { int, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** A dimension of orders. */
export const staff = defineModel({
  name: "dim_staff",
  typeName: "Staff",
  description: "A member of the staff with the department.",
  key: "staffId",
  fields: {
    staffId: int("Number of the member of the staff."),
    firstName: string("First name.", { pii: true }),
    lastName: string("Last name.", { filter: true, pii: true }),
    emailAddress: string("E-mail address at work.", { pii: true }),
    departmentId: int("Department number.", { filter: true }),
    departmentName: string("Name of the department.", { filter: true }),
    location: string("Where the department is.", { nullable: true, filter: true }),
  },
});
