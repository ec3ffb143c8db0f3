/** The browser's side of a connection: what becomes of it is in the test's hands. */
export class BrowserSocket {
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly all: BrowserSocket[] = [];
  static isReachable = true;
  readyState = 0;
  /** No packet of it arrives any more, and nobody is told. */
  isDead = false;
  onopen: (() => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  constructor() {
    BrowserSocket.all.push(this);
    setTimeout(() => {
      if (!BrowserSocket.isReachable) return this.end(1006);
      this.readyState = BrowserSocket.OPEN;
      this.onopen?.();
    }, 1);
  }
  send(text: string): void {
    const { type } = JSON.parse(text) as { readonly type: string };
    const answer = { connection_init: "connection_ack", ping: "pong" }[type];
    if (answer !== undefined && !this.isDead)
      setTimeout(() => this.onmessage?.({ data: JSON.stringify({ type: answer }) }), 1);
  }
  close(code: number): void {
    this.readyState = BrowserSocket.CLOSING;
    if (!this.isDead) this.end(code);
  }
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
}
