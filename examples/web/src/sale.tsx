import { CombinedGraphQLErrors } from "@apollo/client";
import { useMutation } from "@apollo/client/react";
import { type FormEvent, useState } from "react";
import { showMoney } from "./format.ts";
import { ordersQuery, recordSale } from "./operations.ts";

interface Line {
  readonly productId: string;
  readonly quantity: string;
}

const NO_LINE: Line = { productId: "", quantity: "1" };

/** A sale of some lines. A refusal stands at the field that it belongs to, by `extensions.field`. */
export function Sale() {
  const [customerId, setCustomerId] = useState("");
  const [lines, setLines] = useState<readonly Line[]>([NO_LINE]);
  const [record, { data, error, loading }] = useMutation(recordSale, {
    // The list is asked for again, with the token of this sale: it has the order already.
    refetchQueries: [ordersQuery],
    awaitRefetchQueries: true,
    // What is refused is shown, not thrown.
    errorPolicy: "all",
  });
  const [first] = CombinedGraphQLErrors.is(error) ? error.errors : [];
  const place = typeof first?.extensions?.field === "string" ? first.extensions.field : undefined;
  const refusalOf = (field: string) => (place === field ? first?.message : undefined);
  const elsewhere = error && place === undefined ? error.message : refusalOf("lines");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const sold = lines.map((line) => ({
      productId: Number(line.productId),
      quantity: Number(line.quantity),
    }));
    const answer = await record({ variables: { customerId: Number(customerId), lines: sold } });
    if (answer.data?.recordSale) setLines([NO_LINE]);
  };
  const change = (at: number, part: Partial<Line>) =>
    setLines(lines.map((line, index) => (index === at ? { ...line, ...part } : line)));

  return (
    <section aria-labelledby="sale">
      <h2 id="sale">A sale</h2>
      <form onSubmit={submit} noValidate>
        <Field
          label="Customer"
          value={customerId}
          onChange={setCustomerId}
          refusal={refusalOf("customerId")}
        />
        {lines.map((line, index) => (
          // Lines have no identity but their place.
          <div className="line" key={index}>
            <Field
              label={`Product ${index + 1}`}
              value={line.productId}
              onChange={(productId) => change(index, { productId })}
              refusal={refusalOf(`lines[${index}].productId`)}
            />
            <Field
              label={`Quantity ${index + 1}`}
              value={line.quantity}
              onChange={(quantity) => change(index, { quantity })}
              refusal={refusalOf(`lines[${index}].quantity`)}
            />
          </div>
        ))}
        <div className="buttons">
          <button type="button" onClick={() => setLines([...lines, NO_LINE])}>
            Another line
          </button>
          <button type="submit" className="main" disabled={loading}>
            {loading ? "Selling …" : "Sell"}
          </button>
        </div>
        {elsewhere && <p role="alert">{elsewhere}</p>}
        <p role="status">
          {data?.recordSale &&
            !error &&
            `Order ${data.recordSale.orderId} is placed: ${showMoney(data.recordSale.total)}.`}
        </p>
      </form>
    </section>
  );
}

function Field(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly refusal: string | undefined;
}) {
  const { label, value, onChange, refusal } = props;
  const note = `${label.replace(" ", "-")}-refusal`;
  return (
    <label>
      {label}
      <input
        inputMode="numeric"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={refusal !== undefined}
        aria-describedby={refusal === undefined ? undefined : note}
      />
      {refusal !== undefined && (
        <span id={note} role="alert">
          {refusal}
        </span>
      )}
    </label>
  );
}
