import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    // Stages verify the plans that they hand over: src/ir/verify.ts.
    env: { SMELT_VERIFY: "1" },
  },
})
