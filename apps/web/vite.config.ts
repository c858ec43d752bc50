import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./compressed.ts";

const target = "http://127.0.0.1:4180";
// The server takes requests from pages of its own address only.
const proxied = { target, ws: true, headers: { origin: target } };

export default defineConfig({
  plugins: [react(), compressed()],
  build: { outDir: "dist", emptyOutDir: true, sourcemap: false },
  server: { proxy: { "/api": proxied, "/oauth": proxied } },
});
