// A small server of tools over standard streams: `node stdio-server.ts VERSION [TOOL…]`.
import process from "node:process";
import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";

const [version = "", ...tools] = process.argv.slice(2);
const server = new McpServer({ name: "test", version });
for (const tool of tools)
  server.registerTool(tool, { description: tool }, async () => ({
    content: [{ type: "text", text: String(process.pid) }],
  }));
await server.connect(new StdioServerTransport());
