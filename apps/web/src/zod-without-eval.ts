import { z } from "zod";

// Its faster way makes functions from text, which the policy of our pages forbids. Before any schema is made.
z.config({ jitless: true });
