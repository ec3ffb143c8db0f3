/** Gives the server the token that it is to be sent from now on. Returns why it refuses; null when it does not. */
export async function sendToken(token: string): Promise<string | null> {
  try {
    const response = await fetch("/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (response.ok) return null;
    const answer = (await response.json()) as { readonly errors?: readonly { readonly message: string }[] };
    return answer.errors?.[0]?.message ?? `The server answered ${response.status}.`;
  } catch {
    return "The server cannot be reached.";
  }
}

/** Where somebody wanted to go when they were asked to sign in: on this server, whatever a link says. */
export function placeAfter(address: string): string {
  const { origin, searchParams } = new URL(address);
  const wanted = searchParams.get("to") ?? "/";
  const place = URL.canParse(wanted, origin) ? new URL(wanted, origin) : null;
  return place?.origin === origin ? place.href : `${origin}/`;
}
