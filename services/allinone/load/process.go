package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that is being measured.
type process struct {
	command *exec.Cmd
	ready   time.Duration // from its start until it said that it is ready
	cancel  context.CancelFunc
	drained chan struct{}
}

// start runs a program until it says that it is ready, in a line of JSON that is returned.
func start[T any](ctx context.Context, ready func(T) bool, environment []string, program string, arguments ...string) (*process, T, error) {
	var line T
	ctx, cancel := context.WithCancel(ctx)
	p := &process{command: exec.CommandContext(ctx, program, arguments...), cancel: cancel, drained: make(chan struct{})}
	p.command.Env = append(os.Environ(), environment...)
	p.command.Cancel = func() error { return p.command.Process.Signal(syscall.SIGTERM) }
	p.command.WaitDelay = 20 * time.Second
	out, err := p.command.StdoutPipe()
	if err != nil {
		cancel()
		return nil, line, err
	}
	p.command.Stderr = p.command.Stdout
	began := time.Now()
	if err := p.command.Start(); err != nil {
		cancel()
		return nil, line, err
	}
	var said bytes.Buffer
	for lines := bufio.NewReader(out); ; {
		raw, err := lines.ReadBytes('\n')
		said.Write(raw)
		if err != nil {
			close(p.drained)
			_ = p.stop() // how it ended is told below
			return nil, line, fmt.Errorf("%s ended before it was ready: %s\n%s", filepath.Base(program), p.command.ProcessState, said.Bytes())
		}
		if json.Unmarshal(raw, &line) == nil && ready(line) {
			p.ready = time.Since(began)
			go func() {
				defer close(p.drained)
				_, _ = io.Copy(io.Discard, lines) // what it says from now on; a broken pipe is its end
			}()
			return p, line, nil
		}
	}
}

// stop asks the process to end and waits for it.
func (p *process) stop() error {
	p.cancel()
	<-p.drained
	err := p.command.Wait()
	if p.command.ProcessState.ExitCode() == 0 {
		return nil // the error is that it was asked to end
	}
	return fmt.Errorf("%s: %w", filepath.Base(p.command.Path), err)
}

// cpu is the processor time that the process has taken so far.
func (p *process) cpu() (time.Duration, error) {
	raw, err := p.read("stat")
	if err != nil {
		return 0, err
	}
	return parseStat(raw)
}

// memory is the resident memory of the process in bytes.
func (p *process) memory() (int64, error) {
	raw, err := p.read("status")
	if err != nil {
		return 0, err
	}
	return parseStatus(raw)
}

// idle is the resident memory when the process has nothing to do any more.
func (p *process) idle(ctx context.Context) (int64, error) {
	if err := p.settle(ctx); err != nil {
		return 0, err
	}
	return p.memory()
}

func (p *process) read(name string) (string, error) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.command.Process.Pid), name))
	return string(raw), err
}

// settle waits until the process takes less than a twentieth of a processor, or until it has had its time: keys that
// are made ahead and caches that are filled belong to nothing that is measured.
func (p *process) settle(ctx context.Context) error {
	const period, most = time.Second, 20
	tick := time.NewTicker(period)
	defer tick.Stop()
	before, err := p.cpu()
	for range most {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		now, readErr := p.cpu()
		if err != nil || readErr != nil || now-before < period/20 {
			return readErr
		}
		before = now
	}
	return err
}

// clockTick is the unit of times in /proc; Linux has the same on every architecture that Go knows.
const clockTick = 10 * time.Millisecond

// parseStat reads user and system time from /proc/PID/stat (proc_pid_stat(5), fields 14 and 15). The second field is
// a name that may hold anything, so that counting starts behind its last bracket.
func parseStat(raw string) (time.Duration, error) {
	fields := strings.Fields(raw[strings.LastIndexByte(raw, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("stat: %q", raw)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("stat: %w", err)
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("stat: %w", err)
	}
	return time.Duration(user+system) * clockTick, nil
}

// parseStatus reads the resident memory from /proc/PID/status.
func parseStatus(raw string) (int64, error) {
	for line := range strings.Lines(raw) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("status: no VmRSS")
}
