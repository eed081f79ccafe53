/** One WebSocket as a runner needs it; `createWebSocketOpener(globalThis)` makes them where the platform has one. */
export interface RunnerSocket {
  send(text: string): void;
  /** Ends the connection; `onClose` follows. May be called at any time. */
  close(): void;
}

export interface SocketListener {
  /** A text frame came. */
  onText(text: string): void;
  /** The connection is over, or never came to be; once. */
  onClose(reason: string): void;
}

/** Opens a connection; never throws: what fails is told to `onClose`. */
export type OpenSocket = (url: string, listener: SocketListener) => RunnerSocket;

/** What is used of a platform's WebSocket. */
export interface WebSocketPlatform {
  readonly WebSocket: new (url: string) => {
    readonly readyState: number;
    send(text: string): void;
    close(): void;
    addEventListener(type: string, listener: (event: unknown) => void): void;
  };
}

const OPEN = 1;

/** Sockets of a platform with web interfaces (Node 22 and later, browsers). */
export function createWebSocketOpener(platform: WebSocketPlatform): OpenSocket {
  return (url, listener) => {
    const socket = new platform.WebSocket(url);
    let isOver = false;
    const end = (reason: string): void => {
      if (isOver) return;
      isOver = true;
      listener.onClose(reason);
    };
    socket.addEventListener("message", (event) => {
      const data: unknown = Object(event)["data"];
      if (!isOver && typeof data === "string") listener.onText(data);
    });
    socket.addEventListener("error", () => end("the connection failed"));
    socket.addEventListener("close", (event) => end(closingOf(event)));
    return {
      send: (text) => {
        if (socket.readyState === OPEN) socket.send(text);
      },
      close: () => {
        socket.close();
        end("closed here");
      },
    };
  };
}

function closingOf(event: unknown): string {
  const { code, reason }: { code?: unknown; reason?: unknown } = Object(event);
  return `closed with ${String(code)}${typeof reason === "string" && reason !== "" ? `: ${reason}` : ""}`;
}
