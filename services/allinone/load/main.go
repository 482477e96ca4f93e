// Command load measures the built product from outside and holds it against what is wanted of it, and against a
// floor. The floor is the least that any service does with a request: a gin server that decodes JSON and commits it
// durably to SQLite, on the same machine in the same run. Ratios to the floor can be compared between machines, times
// cannot.
//
// With the argument rush it runs nothing but the rush on a ballot box (rush.go), as long and as wide as wanted; otherwise a
// short one comes last.
//
// Everything runs in processes of its own, on loopback and on new directories, so that the work of the clients is not
// counted: the whole product with a fresh demo (product.go), a ballot box alone with keys of its own (box.go), and the
// floor (floor.go). A figure that misses what is wanted is marked and is no error.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/guldkorn/guldkorn/libs/host"
)

// patience is how long measuring takes at most.
const patience = 3 * time.Minute

// clients is how many answer at once.
const clients = 8

func main() {
	ctx, cancel := host.SignalContext()
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == floorCommand:
		err = serveFloor(ctx, os.Args[2], os.Stdout)
	case len(os.Args) > 1 && os.Args[1] == "rush":
		err = runRush(ctx, os.Args[2:])
	default:
		err = run(ctx)
	}
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(host.ExitFailure)
	}
}

func run(ctx context.Context) error {
	return within(ctx, func(dir string) error {
		if err := runFigures(ctx, dir); err != nil {
			return err
		}
		return measureRush(ctx, os.Stdout, dir, usualRush)
	})
}

// runRush is a rush alone.
func runRush(ctx context.Context, arguments []string) error {
	r, err := parseRush(arguments)
	if err != nil {
		return err
	}
	return within(ctx, func(dir string) error { return measureRush(ctx, os.Stdout, dir, r) })
}

// within gives the programs that are measured in a directory, which is gone afterwards.
func within(ctx context.Context, do func(dir string) error) (err error) {
	dir, err := os.MkdirTemp("", "guldkorn-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := build(ctx, dir); err != nil {
		return err
	}
	return do(dir)
}

func runFigures(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began, busy := time.Now(), loadAverage()
	figures, err := measure(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d processors, %s, load average %s before and %s after %.0f s\n\n", runtime.NumCPU(), runtime.Version(),
		busy, loadAverage(), time.Since(began).Seconds())
	return render(os.Stdout, figures)
}

// build makes the two programs that are measured.
func build(ctx context.Context, dir string) error {
	const services = "github.com/guldkorn/guldkorn/services/"
	command := exec.CommandContext(ctx, "go", "build", "-o", dir+"/", services+"allinone/cmd/guldkorn", services+"ballotbox/cmd/ballotbox")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// measure takes all figures, one thing after the other.
func measure(ctx context.Context, dir string) (figures []figure, err error) {
	floor, err := startFloor(ctx, filepath.Join(dir, "floor"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, floor.stop()) }()
	idle, err := floor.idle(ctx)
	if err != nil {
		return nil, err
	}
	floored := least{start: floor.ready, idle: idle}
	voting, err := measureBox(ctx, dir, floor, &floored)
	if err != nil {
		return nil, fmt.Errorf("ballot box: %w", err)
	}
	product, err := measureProduct(ctx, dir, floored)
	if err != nil {
		return nil, fmt.Errorf("product: %w", err)
	}
	return append(product, voting...), nil
}

// loadAverage is how busy the machine has been in the last minute.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(raw), " ")
	return minute
}
