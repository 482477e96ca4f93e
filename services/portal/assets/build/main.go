// Command build bundles the portal's assets: it patches and joins the design system's style sheet, the portal's
// own, htmx and the portal's scripts, and writes them to portal/static under names that carry their content's hash.
//
// Run it from services after `npm ci --ignore-scripts` in portal/assets:
//
//	go run ./portal/assets/build
//
// The result is committed. The test beside this file proves that it belongs to the sources.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := Bundle("portal/assets", "portal/static"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
