import "./zod-without-eval.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./app.tsx";
import { createQueryClient } from "./query-client.ts";
import "./style.css";
import "./admin.css";
import "./distribution.css";
import "./choosing.css";
import "./table.css";
import "./beside.css";
import "./files.css";

const client = createQueryClient();
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      {/* In a transition, a box whose state is in the address falls back for a moment, and letters typed meanwhile are lost. */}
      <BrowserRouter useTransitions={false}>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
