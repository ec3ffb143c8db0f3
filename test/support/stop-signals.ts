const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The wish of a person, or of `timeout`, that the run ends now. */
export interface Stop {
  /** Resolves when it is uttered. */
  readonly wished: Promise<void>;
  isWished(): boolean;
  /** Exit code of a run that was stopped; null: it was not. */
  reason(): number | null;
}

/** Listens for the signals that end a process. They come twice through npm, which passes on what the terminal sends. */
export function stopOnSignals(): Stop {
  let code: number | null = null;
  const wished = new Promise<void>((resolve) => {
    for (const [signal, one] of Object.entries(codes))
      process.on(signal, () => {
        code ??= one;
        resolve();
      });
  });
  return { wished, isWished: () => code !== null, reason: () => code };
}
