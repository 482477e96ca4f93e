package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// Isolation asks a system for what belongs to others: each operation that has a place for an id gets the ids of one side
// from people of the other, many at the same time, while both sides go about their own business.
type Isolation struct {
	Operations []Operation
	// Send carries out a request of a service. By has been asked to sign it.
	Send func(service string, r *http.Request) (*http.Response, error)
	// Bodies are what operations are sent, by service/id, with places for ids as in paths; an empty object otherwise. They
	// should be such that people of the one side could do this to their own.
	Bodies map[string]string
	// Queries are added to paths, with places for ids.
	Queries map[string]string
	// Answers are the operations that answer a question about ids in a body or query with what they know of them, and
	// so with success and nothing when they are others'.
	Answers []string
	// Constants are path parameters that are no ids.
	Constants map[string]string
}

// Side is one of two that must not see anything of each other.
type Side struct {
	Name    string
	Tenants []string // where to begin
	People  []By
	// Marks are texts in the side's data that nobody else's have. Each has to be seen in an answer to the side itself.
	Marks []string
	// Known are ids by parameter that answers call by another name.
	Known map[string][]string

	ids map[string][]string // by parameter
}

// By signs a request to a service as somebody.
type By struct {
	Name string
	Sign func(service string, r *http.Request) error
}

// Leak is an answer that should not have been given.
type Leak struct {
	Operation, By, Request, Why string
}

func (l Leak) String() string {
	return fmt.Sprintf("%s by %s: %s: %s", l.Operation, l.By, l.Request, l.Why)
}

// place is where an id belongs. Two of one kind that may differ are told apart by a number: {tenant_id} and {tenant_id.2}.
var place = regexp.MustCompile(`\{([a-z_]+(?:\.\d)?)\}`)

// kind is what kind of id belongs into a place. An organisation is a tenant.
func kind(parameter string) string {
	name, _, _ := strings.Cut(parameter, ".")
	if name == "organisation_id" {
		return "tenant_id"
	}
	return name
}

// Harvest reads all that a side may read of its own, keeps the ids in it, and returns the answers by who asked for what.
// What is needed to read one thing is found in another, so it goes round until nothing new is found.
func (i *Isolation) Harvest(t testing.TB, s *Side) map[string]string {
	t.Helper()
	answers := map[string]string{}
	s.ids = map[string][]string{"tenant_id": slices.Clone(s.Tenants)}
	maps.Copy(s.ids, s.Known)
	seen := map[string]bool{} // marks
	read := map[string]bool{} // paths that have been read
	for {
		news := len(read)
		for _, o := range i.Operations {
			if o.Method != http.MethodGet {
				continue
			}
			for _, path := range i.paths(o, s) {
				for _, by := range s.People {
					if read[by.Name+path] {
						continue
					}
					read[by.Name+path] = true
					status, body := i.ask(t, o, by, path, "")
					if status >= 300 {
						continue
					}
					answers[by.Name+" "+path] = string(body)
					s.gather(body)
					for _, mark := range s.Marks {
						seen[mark] = seen[mark] || bytes.Contains(body, []byte(mark))
					}
				}
			}
		}
		if len(read) == news {
			break
		}
	}
	for _, mark := range s.Marks {
		require.True(t, seen[mark], "%s does not see its own %q: whoever looks for that finds no leak", s.Name, mark)
	}
	return answers
}

// Lasting is what must be answered after a hunt as before. The log of what was refused has grown, exports hold it, one that is
// taken is a receipt more, keys say when they were used, and what people are told arrives when it does.
func Lasting(answers map[string]string) map[string]string {
	for asked := range answers {
		for _, part := range []string{"/audit-", "/export", "/data-requests", "/api-keys", "/inbox"} {
			if strings.Contains(asked, part) {
				delete(answers, asked)
			}
		}
	}
	return answers
}

// mostPaths is how many of the paths of one operation a harvest reads.
const mostPaths = 12

// paths fills the places of a path with all that is known of a side.
func (i *Isolation) paths(o Operation, s *Side) []string {
	paths := []string{o.Path + i.Queries[o.Service+"/"+o.ID]}
	for _, name := range parameters(paths[0]) {
		ids := s.ids[kind(name)]
		if c := i.Constants[name]; c != "" {
			ids = []string{c}
		}
		var filled []string
		for _, path := range paths {
			for _, id := range ids {
				filled = append(filled, strings.ReplaceAll(path, "{"+name+"}", id))
			}
		}
		paths = filled[:min(len(filled), mostPaths*len(s.ids["tenant_id"]))]
	}
	return paths
}

func parameters(text string) (names []string) {
	for _, found := range place.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// gather keeps the ids of an answer, by what the answer calls them.
func (s *Side) gather(body []byte) {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for name, one := range v {
				if id, ok := one.(string); ok && strings.HasSuffix(name, "_id") {
					s.keep(name, id)
				}
				walk(one)
			}
		}
	}
	walk(value)
}

// keep adds an id, unless it may be of what lies above both sides.
func (s *Side) keep(name, id string) {
	if name == "tenant_id" || name == "parent_id" {
		return
	}
	name = kind(name)
	if !slices.Contains(s.ids[name], id) {
		s.ids[name] = append(s.ids[name], id)
	}
}

// Places returns the names of ids that operations have places for and that a side has none of.
func (i *Isolation) Places(s *Side) (without []string) {
	for _, o := range i.Operations {
		name := o.Service + "/" + o.ID
		for _, parameter := range parameters(o.Path + i.Queries[name] + i.Bodies[name]) {
			if i.Constants[parameter] == "" && len(s.ids[kind(parameter)]) == 0 && !slices.Contains(without, kind(parameter)) {
				without = append(without, kind(parameter))
			}
		}
	}
	slices.Sort(without)
	return without
}

// attempt is one request that is to be turned away.
type attempt struct {
	operation Operation
	by        By
	path      string
	body      string
	others    *Side // whose ids are in it
	answers   bool  // it may be answered with nothing
}

// Hunt returns the leaks that it finds. Each operation is asked for by each of a side's people with the other's ids in
// every combination of places, rounds times over with other ids, by several goroutines in random order; after each
// attempt its goroutine reads something of its own side, which must not hold anything of the other's either.
func (i *Isolation) Hunt(t testing.TB, seed uint64, rounds int, a, b *Side) []Leak {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	var attempts []attempt
	for range rounds {
		attempts = append(attempts, i.attempts(random, a, b)...)
		attempts = append(attempts, i.attempts(random, b, a)...)
	}
	random.Shuffle(len(attempts), func(x, y int) { attempts[x], attempts[y] = attempts[y], attempts[x] })
	var mu sync.Mutex
	var leaks []Leak
	work := new(errgroup.Group)
	work.SetLimit(16)
	for _, one := range attempts {
		own := a
		if one.others == a {
			own = b
		}
		reading, path, by := i.ownReading(random, own)
		work.Go(func() error {
			found := i.judge(t, one)
			if _, body := i.ask(t, reading, by, path, ""); holds(body, one.others) != "" {
				found = append(found, Leak{reading.ID, by.Name, path, "its own answer holds " + holds(body, one.others)})
			}
			mu.Lock()
			defer mu.Unlock()
			leaks = append(leaks, found...)
			return nil
		})
	}
	require.NoError(t, work.Wait())
	t.Logf("%d requests for what belongs to others, %d leaks", len(attempts), len(leaks))
	return leaks
}

// attempts makes the requests of one side's people with ids of the other in them.
func (i *Isolation) attempts(random *rand.Rand, own, others *Side) (all []attempt) {
	for _, o := range i.Operations {
		name := o.Service + "/" + o.ID
		path, body := o.Path+i.Queries[name], i.Bodies[name]
		places := parameters(path + body)
		for mask := 1; mask < 1<<len(places); mask++ {
			values, swapped := map[string]string{}, false
			for at, name := range places {
				side := own
				if mask&(1<<at) != 0 && i.Constants[name] == "" {
					side, swapped = others, true
				}
				values[name] = i.value(random, side, name)
			}
			if !swapped {
				continue
			}
			fill := func(text string) string {
				return place.ReplaceAllStringFunc(text, func(p string) string { return values[strings.Trim(p, "{}")] })
			}
			inPath := slices.ContainsFunc(parameters(o.Path), func(p string) bool { return mask&(1<<slices.Index(places, p)) != 0 && i.Constants[p] == "" })
			for _, by := range own.People {
				all = append(all, attempt{o, by, fill(path), fill(body), others, !inPath && slices.Contains(i.Answers, name)})
			}
		}
	}
	return all
}

func (i *Isolation) value(random *rand.Rand, s *Side, name string) string {
	if c := i.Constants[name]; c != "" {
		return c
	}
	if ids := s.ids[kind(name)]; len(ids) > 0 {
		return ids[random.IntN(len(ids))]
	}
	return uuid.NewString() // of nothing that there is
}

func (i *Isolation) ownReading(random *rand.Rand, s *Side) (Operation, string, By) {
	for {
		o := i.Operations[random.IntN(len(i.Operations))]
		if o.Method != http.MethodGet {
			continue
		}
		path := place.ReplaceAllStringFunc(o.Path+i.Queries[o.Service+"/"+o.ID], func(p string) string { return i.value(random, s, strings.Trim(p, "{}")) })
		return o, path, s.People[random.IntN(len(s.People))]
	}
}

func (i *Isolation) judge(t testing.TB, a attempt) []Leak {
	status, body := i.ask(t, a.operation, a.by, a.path, a.body)
	why := holds(body, a.others)
	switch {
	case why != "":
		why = "the answer holds " + why
	case status < 300 && !a.answers:
		why = fmt.Sprintf("status %d", status)
	case status >= 500:
		why = fmt.Sprintf("status %d: %s", status, body)
	default:
		return nil
	}
	return []Leak{{a.operation.ID, a.by.Name, a.operation.Method + " " + a.path + " " + a.body, why}}
}

func holds(body []byte, s *Side) string {
	for _, mark := range s.Marks {
		if bytes.Contains(body, []byte(mark)) {
			return mark
		}
	}
	return ""
}

func (i *Isolation) ask(t testing.TB, o Operation, by By, path, body string) (int, []byte) {
	address, err := url.Parse(path)
	if err != nil {
		t.Errorf("%s: %v", o.ID, err)
		return 0, nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel() // ends a stream, too
	var in io.Reader
	if o.Method != http.MethodGet && o.Method != http.MethodDelete {
		if body == "" {
			body = "{}"
		}
		in = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, o.Method, address.String(), in)
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", uuid.NewString())
		request.Header.Set("If-Match", `"1"`)
		err = by.Sign(o.Service, request)
	}
	var response *http.Response
	if err == nil {
		response, err = i.Send(o.Service, request)
	}
	if err != nil {
		t.Errorf("%s: %v", o.ID, err)
		return 0, nil
	}
	defer response.Body.Close()
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return response.StatusCode, nil
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("%s: %v", o.ID, err)
	}
	return response.StatusCode, answer
}
