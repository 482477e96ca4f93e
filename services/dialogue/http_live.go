package dialogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/host"
)

const (
	heartbeat    = 15 * time.Second // also how often a listener's permission is asked for again
	writeTimeout = 10 * time.Second // after which a listener who does not read is let go
	reconnectIn  = time.Second      // what a browser is told to wait before it comes back
	longestWait  = 25               // seconds of one long poll
)

// listener is somebody who follows a dialogue.
type listener struct {
	service *service
	room    *room
	subject access.Subject
	id      string // of the dialogue
}

func (s *service) followDialogue(c *gin.Context) error {
	v, err := s.visit(c, "dialogue.follow")
	if err != nil {
		return err
	}
	after := c.Query("after")
	if id := c.GetHeader("Last-Event-ID"); id != "" {
		after = id
	}
	l := &listener{service: s, subject: v.subject, id: v.meeting.ID}
	wait := c.Query("wait")
	if wait == "0" && after == "" && v.viewer.part == guest {
		return l.look(v.ctx, c)
	}
	room, leave, err := s.hub.enter(v.ctx, v.meeting.ID)
	if err != nil {
		return err
	}
	defer leave()
	l.room = room
	ctx, cancel := context.WithCancel(v.ctx)
	defer cancel()
	draining := host.Draining(v.ctx)
	go func() { // ends with the request
		select {
		case <-draining:
			cancel()
		case <-ctx.Done():
		}
	}()
	if wait != "" {
		seconds, err := strconv.Atoi(wait)
		if err != nil || seconds < 0 || seconds > longestWait {
			return failure.Invalid("wait", "0 to "+strconv.Itoa(longestWait)+" seconds")
		}
		return l.poll(ctx, c, after, time.Duration(seconds)*time.Second)
	}
	return l.stream(ctx, c.Writer, after)
}

// admitted asks again whether the listener may follow, with the roles and the seat of now, and returns their eyes.
func (l *listener) admitted(ctx context.Context, s *scene) (viewer, error) {
	if l.subject.Guest != "" {
		return l.service.admitGuest(ctx, l.subject, "guest.watch", s.meeting, &s.guests.Body, nil)
	}
	var err error
	if l.subject.Assignments, err = l.service.directory.Assignments(ctx, l.subject.ID); err != nil {
		return viewer{}, err
	}
	m := &s.meeting.Body
	if err := l.service.decideIn(ctx, l.subject, "dialogue.follow", s.meeting); err != nil {
		return viewer{}, err
	}
	return l.service.viewerOf(ctx, l.subject, m)
}

// message is one event of the stream.
type message struct {
	id   string
	name string
	data any
}

// render turns an update into a message for this listener; the message has no name if there is nothing for their eyes.
func (l *listener) render(ctx context.Context, u *update) (message, error) {
	v, err := l.admitted(ctx, u.scene)
	if err != nil {
		return message{}, err
	}
	m := &u.scene.meeting.Body
	book, err := l.service.followed(ctx, m)
	if err != nil {
		return message{}, err
	}
	shown := u.scene
	if v.part == guest {
		shown = shown.forGuest()
	}
	if u.change == nil {
		return message{u.scene.id, "snapshot", v.snapshot(shown, book)}, nil
	}
	delta := v.delta(shown, u.change, book)
	if delta.empty() {
		return message{id: u.scene.id}, nil
	}
	return message{u.scene.id, "delta", delta}, nil
}

// stream sends server-sent events until the listener, their permission or the server goes.
func (l *listener) stream(ctx context.Context, w http.ResponseWriter, after string) error {
	first, err := l.first(ctx, after)
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // a proxy in between must not collect
	w.WriteHeader(http.StatusOK)
	out := &sender{w: w, control: http.NewResponseController(w)}
	defer func() { _ = out.control.SetWriteDeadline(time.Time{}) }() // the connection may serve other requests
	if err := out.send(fmt.Sprintf("retry: %d\n\n", reconnectIn.Milliseconds())); err != nil {
		return nil //nolint:nilerr // the listener went away
	}
	for next := first; ; {
		if next != nil {
			m, err := l.render(ctx, next)
			if err != nil {
				return l.dismiss(out, err)
			}
			after = next.scene.id
			if m.name != "" && out.event(m) != nil {
				return nil
			}
		}
		beat, cancel := context.WithTimeout(ctx, heartbeat)
		next, err = l.room.next(beat, after)
		cancel()
		switch {
		case err != nil:
			return l.dismiss(out, err)
		case ctx.Err() != nil:
			return nil
		case next == nil:
			if err := l.stillAdmitted(ctx); err != nil {
				return l.dismiss(out, err)
			}
			if out.send(": still here\n\n") != nil {
				return nil
			}
		}
	}
}

// first waits for the first scene, so that a failure can still be answered as one. With an id that the room is at there
// is nothing to send yet.
func (l *listener) first(ctx context.Context, after string) (*update, error) {
	u, err := l.room.next(ctx, "")
	if err != nil {
		return nil, closedIsUnavailable(err)
	}
	if u == nil {
		return nil, failure.New(failure.Unavailable)
	}
	switch {
	case after == u.scene.id:
		return nil, nil
	case after != "":
		return l.room.next(ctx, after)
	}
	return u, nil
}

// stillAdmitted asks for the permission of a listener to whom nothing new was sent.
func (l *listener) stillAdmitted(ctx context.Context) error {
	l.room.mu.Lock()
	current := l.room.current
	l.room.mu.Unlock()
	_, err := l.admitted(ctx, current)
	return err
}

// dismiss ends a stream. Who lost the permission is told not to come back; everybody else comes back by themselves.
func (l *listener) dismiss(out *sender, err error) error {
	if failure.CodeOf(err) == failure.AccessDenied {
		_ = out.event(message{name: "end", data: struct{}{}}) // they are gone either way
	}
	return nil
}

// livePoll is one answer as JSON.
type livePoll struct {
	ID       string `json:"id"`
	Snapshot any    `json:"snapshot,omitempty"`
	Deltas   []any  `json:"deltas"`
}

// look answers at once with everything as it is now, without the room, which may be a moment behind whoever just wrote. It
// is all that the page of a guest is made of; nobody is counted for it.
func (l *listener) look(ctx context.Context, c *gin.Context) error {
	now, err := l.service.load(ctx, l.id)
	if err != nil {
		return err
	}
	now.seal()
	m, err := l.render(ctx, &update{scene: now})
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, livePoll{ID: m.id, Snapshot: m.data, Deltas: []any{}})
	return nil
}

// poll answers once, as JSON.
func (l *listener) poll(ctx context.Context, c *gin.Context, after string, wait time.Duration) error {
	if _, err := l.first(ctx, ""); err != nil { // there is a scene now
		return err
	}
	limit, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	answer := livePoll{ID: after, Deltas: []any{}}
	for {
		u, err := l.room.next(limit, after)
		if err != nil {
			return closedIsUnavailable(err)
		}
		if u == nil {
			break
		}
		m, err := l.render(ctx, u)
		if err != nil {
			return err
		}
		answer.ID, after = m.id, m.id
		switch m.name {
		case "snapshot":
			answer.Snapshot = m.data
		case "delta":
			answer.Deltas = append(answer.Deltas, m.data)
		default: // nothing for these eyes
			continue
		}
		break
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, answer)
	return nil
}

func closedIsUnavailable(err error) error {
	if errors.Is(err, errRoomClosed) {
		return failure.New(failure.Unavailable)
	}
	return err
}

// sender writes to one listener.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s *sender) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// event writes one message in the form of the HTML standard, section 9.2. JSON has no line breaks.
func (s *sender) event(m message) error {
	data, err := json.Marshal(m.data)
	if err != nil {
		return err
	}
	var b strings.Builder
	if m.id != "" {
		b.WriteString("id: " + m.id + "\n")
	}
	b.WriteString("event: " + m.name + "\ndata: ")
	b.Write(data)
	b.WriteString("\n\n")
	return s.send(b.String())
}
