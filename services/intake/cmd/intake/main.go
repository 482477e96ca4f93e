// Command intake runs the service intake as a process of its own.
package main

import (
	"os"

	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/intake"
)

func main() { os.Exit(platform.Main("intake", intake.New, intake.CheckSettings)) }
