(function () {
  "use strict";
  // A button to copy each block of lines to write.
  document.querySelectorAll(".code").forEach(function (box) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    var name = box.closest("article").querySelector("h3 bdi").textContent;
    button.setAttribute("aria-label", "Copy the lines of " + name);
    button.addEventListener("click", function () {
      var text = box.querySelector("code").textContent;
      var done = function (ok) {
        button.textContent = ok ? "Copied" : "Select it by hand";
        setTimeout(function () { button.textContent = "Copy"; }, 2000);
      };
      var byHand = function () {
        var range = document.createRange();
        range.selectNodeContents(box.querySelector("code"));
        var selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        done(document.execCommand("copy"));
      };
      if (navigator.clipboard) {
        navigator.clipboard.writeText(text).then(function () { done(true); }, byHand);
      } else {
        byHand();
      }
    });
    box.appendChild(button);
  });
  // Of all checks show those whose line holds a text.
  document.querySelectorAll(".filter").forEach(function (box) {
    var rows = box.parentElement.querySelectorAll("tbody tr");
    var said = box.querySelector("[role=status]");
    var input = box.querySelector("input");
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase();
      var n = 0;
      rows.forEach(function (row) {
        row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
        n += row.hidden ? 0 : 1;
      });
      said.textContent = wanted === "" ? "" : n + " of " + rows.length;
    });
    box.hidden = false;
  });
  // A moment of a life: a line across its drawing, and what is known of it.
  document.querySelectorAll(".when").forEach(function (box) {
    var life = box.parentElement;
    var drawing = life.querySelector(".course");
    var cursor = drawing.querySelector(".cursor");
    var input = box.querySelector("input");
    var said = box.querySelector("output");
    var points = drawing.dataset.points.split(";").filter(Boolean).map(function (p) { return p.split(",").map(Number); });
    var rows = null;
    input.addEventListener("input", function () {
      var at = Number(input.value);
      var x = 100 * at / Number(drawing.dataset.length) + "%";
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      cursor.setAttribute("visibility", "visible");
      rows = rows || Array.prototype.map.call(life.querySelectorAll(".events tr"), function (r) {
        return { at: Number(r.cells[0].textContent), text: r.cells[1].textContent + ": " + r.cells[2].textContent };
      });
      var text = at.toFixed(2) + " s";
      var point = points.find(function (p) { return p[0] >= at; });
      if (point) {
        text += ", " + point[1] + " % CPU, " + point[2] + " MiB, " + point[3] + " wake-ups/s";
      }
      var before = rows.filter(function (r) { return r.at <= at + 0.0005; }).pop();
      if (before) {
        text += "; before it, " + before.text;
      }
      said.textContent = text;
    });
    box.hidden = false;
  });
  // On paper nothing is folded, but the long lists of events.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("details:not([open]):not(.events)"));
    folded.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (d) { d.open = false; });
  });
})();
