import process from "node:process";
import { storeOnce } from "../store-once.ts";

/** A process that stores one file, and that somebody may kill: `store-one.ts PATH CONTENT`. */
const [path = "", content = ""] = process.argv.slice(2);
storeOnce(path, content);
