import { type FormEvent, useState } from "react";
import { placeAfter, sendToken } from "./send-token.ts";
import "./sign-in.css";

/** Asks for a key or token, which the browser then keeps where no script can read it. */
export function SignIn({ title }: { readonly title: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token");
    setSending(true);
    const refusal = await sendToken(String(token ?? "").trim());
    setSending(false);
    setProblem(refusal);
    if (refusal === null) location.assign(placeAfter(location.href));
  };
  return (
    <form className="sign-in" onSubmit={send}>
      <h1>{title}</h1>
      <label htmlFor="token">Key or token</label>
      {/* A password for managers of passwords, which nobody looks at over a shoulder. */}
      <input
        id="token"
        name="token"
        type="password"
        autoComplete="current-password"
        spellCheck={false}
        required={true}
        aria-describedby="sign-in-help"
      />
      <p id="sign-in-help">
        As whoever runs this server gave it to you. You stay signed in until you sign out, the browser is
        closed, or your session ends.
      </p>
      {!isSecureContext && (
        <p role="note">
          This page came over plain HTTP: the browser will not keep you signed in. Open it by https://.
        </p>
      )}
      <p role="alert">{problem}</p>
      <button type="submit" disabled={isSending}>
        Sign in
      </button>
    </form>
  );
}
