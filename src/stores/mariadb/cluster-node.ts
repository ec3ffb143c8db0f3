/** A variable of the server by its name in capitals, as an expression: null where its build has none, which `@@name` is an error for. */
const variable = (name: string): string =>
  `(select variable_value from information_schema.global_variables where variable_name = '${name}')`;

/** Whether the server is a node of a Galera cluster, as an expression: 1 or 0. Takes half a millisecond. */
export const isClusterNode = `coalesce(${variable("WSREP_ON")} = 'ON', 0)`;

/** The name of the cluster that it is a node of, as an expression: null when it is of none. */
export const clusterName = `if(${isClusterNode}, ${variable("WSREP_CLUSTER_NAME")}, null)`;
