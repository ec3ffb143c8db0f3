// Loaded before a program: on SIGUSR2 it throws where nobody catches.
process.on("SIGUSR2", () => {
  throw new Error("thrown by the test");
});
