import { Gauge, Histogram, type Registry } from "prom-client";

/** What is counted of questions to cubes that are followed. */
export interface LiveCubeMetrics {
  /** A question was evaluated: its rows differ, or are as they were, or it failed. */
  evaluated(cube: string, outcome: "changed" | "unchanged" | "failed", seconds: number): void;
  /** Whom to ask how many follow each question. */
  observe(followers: () => readonly number[]): void;
}

/** Adds the metrics of followed questions to a registry. */
export function createLiveCubeMetrics(registry: Registry): LiveCubeMetrics {
  const registers = [registry];
  const evaluations = new Histogram({
    name: "vitrine_live_cube_evaluation_seconds",
    help: "Evaluations of questions that are followed: one per question and change, however many follow it.",
    labelNames: ["cube", "outcome"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  let followers: () => readonly number[] = () => [];
  new Gauge({
    name: "vitrine_live_cube_questions",
    help: "Different questions to cubes that are followed.",
    registers,
    collect() {
      this.set(followers().length);
    },
  });
  new Gauge({
    name: "vitrine_live_cube_followers",
    help: "Subscriptions that follow a question to a cube.",
    registers,
    collect() {
      this.set(followers().reduce((sum, one) => sum + one, 0));
    },
  });
  return {
    evaluated: (cube, outcome, seconds) => evaluations.observe({ cube, outcome }, seconds),
    observe(ask) {
      followers = ask;
    },
  };
}
