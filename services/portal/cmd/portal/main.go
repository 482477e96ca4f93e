// Command portal runs the service portal as a process of its own.
package main

import (
	"os"

	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/portal"
)

func main() { os.Exit(platform.Main("portal", portal.New, portal.CheckSettings)) }
