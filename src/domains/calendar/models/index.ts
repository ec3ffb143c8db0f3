// One line per model of the domain, in the order of the alphabet: what is exported here is a model.
export { day } from "./day.ts";
