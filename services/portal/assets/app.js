import "./node_modules/htmx.org/dist/htmx.esm.js";
