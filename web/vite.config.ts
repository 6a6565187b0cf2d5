import { defineConfig } from "vite";

// The files are committed (decision 0018): the same sources must give the same bytes anywhere.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../functions/web/static",
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() as it is
    // The language files are imported by name, so that a page loads the one that it needs.
    rolldownOptions: {
      output: {
        entryFileNames: "connect-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
