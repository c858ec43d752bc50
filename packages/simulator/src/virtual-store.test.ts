import { storeContract } from "@twinfold/engine/testing/store-contract.ts";
import { VirtualStore } from "./virtual-store.ts";

storeContract("the virtual store", () => new VirtualStore());
