// The door for whoever works on a folder of memories without a server.
export { chooseEmbedder, type EmbedderFlags, type EmbedderName } from "./memory/choose-embedder.ts";
export { ollamaEmbedder, openaiEmbedder } from "./memory/http-embedder.ts";
export { memoryStateIn, openMemoryFolder, type MemoryFolder } from "./memory/memory-folder.ts";
export { memoryPath } from "./memory/memory-path.ts";
