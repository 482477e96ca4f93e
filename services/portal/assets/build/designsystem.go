package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// designSystem patches the design system's style sheet while it is bundled:
//
//   - its fixed colours become custom properties named for their use, so that dark mode is one set of values and
//     no second style sheet;
//   - its @font-face rules go, since css/fonts.css declares the woff2 files alone;
//   - its hundred-odd icon helper classes go, since the portal draws its few icons as inline SVG;
//   - its placeholder logos go.
//
// A colour that is not in the tables stops the build: a new version of the design system must be looked at.
func designSystem() api.Plugin {
	return api.Plugin{Name: "design-system", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `dkfds[/\\]dist[/\\]css[/\\]dkfds\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			raw, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			css, err := patch(string(raw))
			return api.OnLoadResult{Contents: &css, Loader: api.LoaderCSS, ResolveDir: filepath.Dir(args.Path)}, err
		})
	}}
}

var (
	fontFace    = regexp.MustCompile(`@font-face\s*\{[^}]*\}`)
	iconHelper  = regexp.MustCompile(`(?m)^\s*\.icon-[a-z-]+:not\([^{]*\{[^}]*\}`)
	declaration = regexp.MustCompile(`(?m)^(\s*)([a-z-]+):([^;{}]*#[0-9a-fA-F]{3,6}\b[^;{}]*);`)
	colour      = regexp.MustCompile(`#[0-9a-fA-F]{3,6}\b`)
	placeholder = regexp.MustCompile(`(?m)^\s*background-image:url\("[^"]*placeholder\.png"\);`)
	white       = regexp.MustCompile(`([:\s])white;`)
)

func patch(css string) (string, error) {
	css = iconHelper.ReplaceAllString(fontFace.ReplaceAllString(css, ""), "")
	css = placeholder.ReplaceAllString(css, "")
	css = white.ReplaceAllString(css, "${1}#ffffff;")
	var unknown error
	css = declaration.ReplaceAllStringFunc(css, func(text string) string {
		parts := declaration.FindStringSubmatch(text)
		property, value := parts[2], parts[3]
		table := tableOf(property)
		value = colour.ReplaceAllStringFunc(value, func(hex string) string {
			name, ok := table[long(hex)]
			if !ok {
				unknown = fmt.Errorf("design system: no name for colour %s in %q", hex, strings.TrimSpace(text))
			}
			return "var(--" + name + ")"
		})
		return parts[1] + property + ":" + value + ";"
	})
	return css, unknown
}

func tableOf(property string) map[string]string {
	switch {
	case property == "background" || property == "background-color":
		return surfaces
	case property == "color" || property == "fill" || strings.HasPrefix(property, "text-"):
		return inks
	default:
		return lines
	}
}

// long writes a colour as six lower-case digits.
func long(hex string) string {
	hex = strings.ToLower(hex)
	if len(hex) == 4 {
		return "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
	}
	return hex
}

var surfaces = map[string]string{
	"#ffffff": "surface", "#f5f5f5": "surface-soft", "#dcdcdc": "surface-strong", "#bfbfbf": "line", "#8e8e8e": "line-strong",
	"#707070": "solid-soft", "#454545": "solid", "#1a1a1a": "solid-strong",
	"#cc0000": "danger", "#ffe0e0": "danger-soft", "#ffeecc": "warning-soft", "#e2f2fb": "info-soft", "#ddf7ce": "success-soft",
	"#febb30": "warning", "#1b86c3": "info", "#358000": "success",
}

var inks = map[string]string{
	"#1a1a1a": "ink", "#454545": "ink-mid", "#707070": "ink-soft", "#8e8e8e": "ink-faint", "#bfbfbf": "ink-faint",
	"#ffffff": "ink-inverse", "#cc0000": "danger-ink", "#358000": "success-ink", "#004d99": "link", "#800080": "visited", "#dcdcdc": "line-soft",
}

var lines = map[string]string{
	"#1a1a1a": "line-ink", "#454545": "line-mid", "#707070": "line-strong", "#8e8e8e": "line-strong", "#bfbfbf": "line",
	"#dcdcdc": "line-soft", "#f5f5f5": "surface-soft", "#ffffff": "surface",
	"#cc0000": "danger", "#febb30": "warning", "#1b86c3": "info", "#358000": "success",
}
