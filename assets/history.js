// Going back to a page that answered a form would ask to send the form again. Once a person goes on from it,
// by sending or by a link, its place in the history becomes a plain visit. Reloading it still asks.
export function forgetSentForms() {
  const forget = () => window.history.replaceState(window.history.state, "", window.location.href);
  document.addEventListener("submit", forget);
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href]:not([href^='#'])")) forget();
  });
}
