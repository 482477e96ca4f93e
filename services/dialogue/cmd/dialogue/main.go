// Command dialogue runs the dialogue service as a process of its own.
package main

import (
	"os"

	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/dialogue"
)

func main() { os.Exit(platform.Main(dialogue.Name, dialogue.New)) }
