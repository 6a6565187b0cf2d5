// One minified ES module without dependencies; the types come from tsc.
import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" },
    minify: true,
    sourcemap: true,
    target: "es2022",
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { settings: { disableIframePageLoading: true } } },
    include: ["tests/**/*.test.ts"],
  },
});
