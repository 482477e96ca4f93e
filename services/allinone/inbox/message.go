package inbox

import (
	"slices"
	"sync"
	"time"
)

// Message is one received mail.
type Message struct {
	Number      int       `json:"number"` // in the order of arrival, from 1
	ID          string    `json:"message_id"`
	From        string    `json:"from"`
	To          []string  `json:"to"` // of the envelope, without names
	Subject     string    `json:"subject"`
	Received    time.Time `json:"received_at"`
	Text        string    `json:"text,omitempty"`
	HTML        string    `json:"html,omitempty"`
	Attachments []string  `json:"attachments,omitempty"` // names only
}

func (m Message) size() int { return len(m.Text) + len(m.HTML) + len(m.Subject) }

// What is kept: the newest messages, within both bounds.
const (
	maxMessages = 500
	maxBytes    = 16 << 20
)

// box keeps messages in memory.
type box struct {
	mu       sync.Mutex
	last     int
	bytes    int
	messages []Message // oldest first
}

// add numbers a message and drops the oldest ones beyond the bounds.
func (b *box) add(m Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	m.Number = b.last
	b.messages = append(b.messages, m)
	b.bytes += m.size()
	drop := 0
	for len(b.messages)-drop > maxMessages || b.bytes > maxBytes && len(b.messages)-drop > 1 {
		b.bytes -= b.messages[drop].size()
		drop++
	}
	b.messages = slices.Delete(b.messages, 0, drop)
}

// list returns the messages to a recipient, or all for "", newest first.
func (b *box) list(to string) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := []Message{}
	for _, m := range slices.Backward(b.messages) {
		if to == "" || slices.Contains(m.To, to) {
			found = append(found, m)
		}
	}
	return found
}

// get returns a message by its number.
func (b *box) get(number int) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if m.Number == number {
			return m, true
		}
	}
	return Message{}, false
}

// recipients returns who got mail, sorted.
func (b *box) recipients() []string {
	var all []string
	for _, m := range b.list("") {
		all = append(all, m.To...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// distinct counts messages by their ids: one that was sent twice is one. A message without an id is one of its own.
func distinct(messages []Message) int {
	ids, without := map[string]bool{}, 0
	for _, m := range messages {
		if m.ID == "" {
			without++
		} else {
			ids[m.ID] = true
		}
	}
	return len(ids) + without
}
