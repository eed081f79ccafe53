import {
  AREAS,
  CODES,
  SCHEMAS,
  type Access,
  type Area,
  type Content,
  type Route,
  type RouteAnswer,
} from "@swoosh/protocol";
import { markup, prose, renderPage, type Html, type RenderedPage } from "./html.ts";
import { PAGE_STYLE } from "./page-style.ts";

const TITLES: Readonly<Record<Area, string>> = {
  transitions: "Transitions",
  reading: "Reading",
  log: "The log",
  evidence: "Evidence",
  sessions: "Sessions",
  memory: "Memories",
  house: "The node",
};

const ACCESS: Readonly<Record<Access, string>> = {
  public: "open to everybody",
  session: "from this machine as it is, from afar with a session's token",
  bearer: "with a session's token, also on this machine",
  signed: "every body carries its own signature",
};

/** The reference page: every route, made of the same data as `/openapi.json`. */
export function docsPage(
  routes: readonly Route[],
  about: { readonly version: string; readonly origin: string },
): RenderedPage {
  const body = markup`<h1>Swoosh ${about.version}: the transition API</h1>
    <p class="soft">
      Origin <code>${about.origin}</code>. For programs:
      <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
    </p>
    <nav>
      ${AREAS.map((area) => markup`<a href="#${area}">${TITLES[area]}</a>`)}<a href="#schemas"
        >Schemas</a
      >
    </nav>
    ${AREAS.map((area) =>
      areaPart(
        area,
        routes.filter((route) => route.area === area),
      ),
    )}
    <h2 id="schemas">Schemas</h2>
    ${Object.entries(SCHEMAS).map(
      ([name, schema]) =>
        markup`<details id="schema-${name}">
          <summary><code>${name}</code></summary>
          <pre>${JSON.stringify(schema, null, 2)}</pre>
        </details>`,
    )}`;
  return renderPage({ title: "Swoosh: the transition API", style: PAGE_STYLE, body });
}

function areaPart(area: Area, routes: readonly Route[]): Html {
  return markup`<h2 id="${area}">${TITLES[area]}</h2>
    ${routes.map(routeCard)}`;
}

function routeCard(route: Route): Html {
  const parameters = [
    ...route.pathParameters.map(({ description, name, pattern }) =>
      row([name, "path", description, pattern]),
    ),
    ...route.query.map(({ description, form, name, required }) =>
      row([name, required ? "query, required" : "query", description, formWords(form)]),
    ),
  ];
  return markup`<section class="card" id="${route.id}">
    <h3><span class="method">${route.method}</span><code>${route.path}</code></h3>
    <p>${route.summary}${route.description === undefined ? "" : markup`. ${prose(route.description)}`}</p>
    <p class="soft">Access: ${ACCESS[route.access]}.</p>
    ${
      parameters.length === 0
        ? ""
        : markup`<div class="scroll">
            <table>
              <tr>
                <th>Parameter</th>
                <th>Where</th>
                <th>What</th>
                <th>Form</th>
              </tr>
              ${parameters}
            </table>
          </div>`
    }
    ${route.request === undefined ? "" : markup`<p>Body: ${contentWords(route.request.content)}, at most ${route.request.bytesMax} bytes.</p>`}
    <div class="scroll">
      <table>
        <tr>
          <th>Status</th>
          <th>What</th>
          <th>Body</th>
        </tr>
        ${route.answers.map(answerRow)}${codeRows(route)}
      </table>
    </div>
  </section>`;
}

function formWords(form: Route["query"][number]["form"]): string {
  switch (form.kind) {
    case "text":
      return form.pattern ?? `text of at most ${form.lengthMax} characters`;
    case "integer":
      return `integer, ${form.minimum} to ${form.maximum}${form.default === undefined ? "" : `, ${form.default} where left out`}`;
    case "choice":
      return form.words.join(" or ");
  }
}

function answerRow({ content, description, status }: RouteAnswer): Html {
  return markup`<tr>
    <td>${status}</td>
    <td>${prose(description)}</td>
    <td>${content.map((one) => markup`${contentWords(one)} `)}</td>
  </tr>`;
}

function contentWords({ media, schema }: Content): Html {
  if (schema === undefined) return markup`<code>${media}</code>`;
  return markup`<code>${media}</code> <a href="#schema-${schema}">${schema}</a>`;
}

function codeRows({ codes }: Route): readonly Html[] {
  return codes.map(
    (code) =>
      markup`<tr>
        <td>${CODES[code].status}</td>
        <td>${CODES[code].title}</td>
        <td><code>${code}</code></td>
      </tr>`,
  );
}

function row(cells: readonly string[]): Html {
  return markup`<tr>
    ${cells.map((cell, place) => (place === 2 ? markup`<td>${prose(cell)}</td>` : markup`<td><code>${cell}</code></td>`))}
  </tr>`;
}
