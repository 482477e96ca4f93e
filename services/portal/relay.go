package portal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/guldkorn/guldkorn/libs/host"
)

// relayed is one server-sent event without its data.
type relayed struct{ id, name string }

// longestEvent is the longest line of a stream that is read; a snapshot of a dialogue of 500 is well within it.
const longestEvent = 16 << 20

// longestWrite is how long a browser may take to read one event.
const longestWrite = 10 * time.Second

// relay passes on a stream of server-sent events as bare news: each event becomes "changed" with the same id, so that a
// browser that lost the connection goes on where it was. It ends when the stream, the browser or the server does.
func relay(ctx context.Context, w http.ResponseWriter, stream io.Reader) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	send := func(text string) error {
		// A browser that stopped reading must not hold the stream for ever; not every writer has a connection.
		_ = out.SetWriteDeadline(time.Now().Add(longestWrite))
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		return out.Flush()
	}
	if err := send("retry: 1000\n\n"); err != nil {
		return nil // the browser has gone
	}
	events := make(chan relayed)
	go read(ctx, stream, events)
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-host.Draining(ctx):
			return nil
		case <-beat.C:
			err = send(": still here\n\n")
		case event, ok := <-events:
			switch {
			case !ok:
				return nil
			case event.name == "end":
				return ignore(send("event: end\ndata: {}\n\n"))
			default:
				err = send(fmt.Sprintf("id: %s\nevent: changed\ndata: {}\n\n", event.id))
			}
		}
		if err != nil {
			return nil
		}
	}
}

// ignore says that a failure to write is the browser's, which has gone.
func ignore(error) error { return nil }

// read finds the events of a stream and closes the channel at its end.
func read(ctx context.Context, stream io.Reader, events chan<- relayed) {
	defer close(events)
	lines := bufio.NewScanner(stream)
	lines.Buffer(make([]byte, 0, 64<<10), longestEvent)
	var event relayed
	var any bool
	for lines.Scan() {
		line := lines.Bytes()
		field, rest, _ := bytes.Cut(line, []byte(":"))
		rest = bytes.TrimPrefix(rest, []byte(" "))
		switch {
		case len(line) == 0 && any:
			select {
			case events <- event:
			case <-ctx.Done():
				return
			}
			event, any = relayed{}, false
		case string(field) == "id":
			event.id = string(rest)
		case string(field) == "event":
			event.name = string(rest)
		case string(field) == "data":
			any = true
		}
	}
}
