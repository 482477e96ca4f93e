// Command reporting runs the service reporting as a process of its own.
package main

import (
	"os"

	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/reporting"
)

func main() { os.Exit(platform.Main(reporting.Name, reporting.New)) }
