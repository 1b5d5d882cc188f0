// Works without: this adds the design system's own behaviour, and shows how far work is without a click.
import { initAll } from "/static/govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

const work = document.querySelector("[data-desk-work]");
if (work) {
  const look = async () => {
    try {
      const answer = await fetch(work.dataset.deskWork);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-desk-work]");
      if (!now) {
        location.reload();
        return;
      }
      work.replaceChildren(...now.childNodes);
    } catch {
      // The desk does not answer just now: it is asked again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

// What was typed and not given back yet is not lost by a click on a link.
for (const form of document.querySelectorAll("form[data-desk-typed]")) {
  let isTyped = document.querySelector(".govuk-error-summary") !== null;
  form.addEventListener("input", () => { isTyped = true; });
  form.addEventListener("submit", () => { isTyped = false; });
  addEventListener("beforeunload", (event) => {
    if (isTyped) {
      event.preventDefault();
    }
  });
}
