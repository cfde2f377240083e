// Runs before the first paint, so that a dark page never flashes white. Kept outside the bundle
// because the content security policy allows no inline script.
(function () {
  var choice = null;
  var language = null;
  try {
    choice = localStorage.getItem('taskly.theme');
    language = localStorage.getItem('taskly.locale');
  } catch {
    // Storage can be blocked; the system's theme is used then.
  }
  var dark =
    choice === 'dark' ||
    (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  if (language) document.documentElement.lang = language;
})();
