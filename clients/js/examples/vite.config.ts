// The examples as pages of one site. They import the package as an application does.
import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  plugins: [vue()],
  resolve: { alias: { "@carrick/browser": here("../dist/index.js") } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: { input: ["frame", "plain", "react", "vue"].map((name) => here(`${name}/index.html`)) },
  },
});
