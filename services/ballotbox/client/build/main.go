// Command build makes the static files that the ballot box serves. Run it in services/ as
//
//	(cd ballotbox/client && npm ci) && go run ./ballotbox/client/build
package main

import (
	"fmt"
	"os"

	"github.com/guldkorn/guldkorn/services/ballotbox/client"
)

func main() {
	if err := client.Write("ballotbox/client", "ballotbox/static"); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
