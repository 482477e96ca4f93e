package tenancy

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/access"
	"github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

func TestWordsAreComparedAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]string{
		"Åse Ærø":               "ase aro",
		"Aase Aeroe":            "ase aro",
		"A\u030ase A\u0308ro":   "ase aro",
		"Søren Kierkegård":      "soren kierkegard",
		"Soeren KIERKEGAARD":    "soren kierkegard",
		"René Müller-Größe":     "rene muller grosse",
		"anna.holm@skole.dk":    "anna holm skole dk",
		"Łukasz  Đorđević, jr.": "lukasz dordevic jr",
		"Ǽ":                     "a",
		" - ,.'":                "",
	} {
		require.Equal(t, want, strings.Join(sought(text), " "), text)
	}
}

func TestWhoeverIsStillTypingFindsWhatTheyAreAboutToType(t *testing.T) {
	letters := []rune("abeoAOEøØæÆåÅéüöä -.@1ñçßðþ\u030a\u0301")
	rapid.Check(t, func(rt *rapid.T) {
		text := norm.NFC.String(string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 14).Draw(rt, "text")))
		whole := " " + strings.Join(sought(text), " ")
		for i := range text {
			for _, word := range sought(text[:i]) {
				if !strings.Contains(whole, " "+word) {
					rt.Fatalf("%q is looked for as %q, and %q is not found in %q", text, whole, text[:i], word)
				}
			}
		}
		require.Equal(rt, sought(text), sought(norm.NFD.String(text)))
		require.Equal(rt, sought(text), sought(strings.ToUpper(strings.ReplaceAll(text, "ß", "ss"))))
	})
}

func (w *world) register(home tenant.ID, name, email, login string) string {
	w.t.Helper()
	return read[tenancyapi.Person](w.t, w.call(service("setup"), "POST", at(home, "/persons"),
		tenancyapi.NewPerson{Name: name, Email: email, Login: login, Language: "da"})).PersonID
}

// search returns whom an administrator finds, page by page.
func (w *world) search(by actor, home tenant.ID, q string, limit int) []string {
	w.t.Helper()
	names, path := []string{}, fmt.Sprintf("/persons?limit=%d&q=%s", limit, url.QueryEscape(q))
	for cursor := ""; ; {
		page := read[tenancyapi.PersonList](w.t, w.call(by, "GET", at(home, path+cursor), nil))
		require.LessOrEqual(w.t, len(page.Items), limit)
		for _, p := range page.Items {
			names = append(names, p.Name)
		}
		if page.NextCursor == nil {
			return names
		}
		cursor = "&cursor=" + url.QueryEscape(*page.NextCursor)
	}
}

func TestPeopleAreFound(t *testing.T) {
	w := newWorld(t)
	admin, southern := w.people["municipal_administrator"], w.people["southern administrator"]
	w.register(w.north, "Åse Ærø Madsen", "aam@nord.dk", "aase1")
	w.register(w.north, "Zara Aasen", "zara@nord.dk", "b-17")
	w.register(w.north, "Ånders And", "and@nord.dk", "and")
	w.register(w.south, "Åse Sydfra", "aase@syd.dk", "aase.syd")
	for q, want := range map[string][]string{
		"åse":          {"Åse Ærø Madsen", "Zara Aasen"},
		"AASE mads":    {"Åse Ærø Madsen"},
		"ase":          {"Åse Ærø Madsen", "Zara Aasen"},
		"b-17":         {"Zara Aasen"},
		"zara@nord":    {"Zara Aasen"},
		"a\u030anders": {"Ånders And"},
		"madsen zara":  {},
		"sydfra":       {},
		"ærø mads åse": {"Åse Ærø Madsen"},
	} {
		require.ElementsMatch(t, want, w.search(admin, w.north, q, 50), q)
	}
	require.Equal(t, []string{"Åse Sydfra"}, w.search(southern, w.south, "ase", 50))
	require.Equal(t, []string{"Zara Aasen", "Ånders And", "Åse Ærø Madsen"}, w.search(admin, w.north, "a", 1)[len(w.search(admin, w.north, "a", 50))-3:],
		"å comes last among Danish letters, on pages of one")

	w.call(southern, "GET", at(w.north, "/persons?q=ase"), nil).refused(t, http.StatusForbidden, failure.AccessDenied)
	w.call(w.people["leader"], "GET", at(w.north, "/persons?q=ase"), nil).refused(t, http.StatusForbidden, failure.AccessDenied)
	for _, q := range []string{"-", strings.Repeat("a ", 9), strings.Repeat("a", 101)} {
		w.call(admin, "GET", at(w.north, "/persons?q="+url.QueryEscape(q)), nil).refused(t, http.StatusUnprocessableEntity, failure.RequestInvalid)
	}
	w.call(admin, "GET", at(w.north, "/persons?q=ase&cursor=nobody"), nil).refused(t, http.StatusBadRequest, failure.CursorInvalid)
}

func TestASearchFollowsWhatChanges(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	require.Empty(t, w.search(admin, w.north, "quist", 50))
	id := w.register(w.north, "Grethe Quist", "gq@nord.dk", "gq")
	require.Equal(t, []string{"Grethe Quist"}, w.search(admin, w.north, "quist", 50))

	read[tenancyapi.Person](t, w.call(admin, "PATCH", at(w.north, "/persons/"+id), tenancyapi.PersonChange{Name: ptr("Grethe Rask")}, ifMatch(1)))
	require.Empty(t, w.search(admin, w.north, "quist", 50), "nobody is found by a name that was wrong")
	require.Equal(t, []string{"Grethe Rask"}, w.search(admin, w.north, "rask", 50))

	w.take(read[tenancyapi.Import](t, w.bring("people", peopleHeading+"Grethe Svane;gq@nord.dk;gq;;;;;;\nNy Svane;ny@nord.dk;ny;;;;;;\n")), false)
	require.Equal(t, []string{"Grethe Svane", "Ny Svane"}, w.search(admin, w.north, "svane", 50))

	require.Equal(t, http.StatusOK, w.erase(admin, actor{subject: access.Subject{ID: id}}, 3).status)
	require.Equal(t, []string{"Ny Svane"}, w.search(admin, w.north, "svane", 50))
}

// Two processes on one database: what one writes, the other finds.
func TestASearchFindsWhatAnotherProcessWrote(t *testing.T) {
	w := newWorld(t)
	admin := w.people["municipal_administrator"]
	deps := w.deps
	deps.Registerer = prometheus.NewRegistry()
	second, err := New(t.Context(), &deps)
	require.NoError(t, err)
	other := *w
	one := *w.bench
	one.server, one.service = httptest.NewServer(second.Handler()), second.(*Service)
	t.Cleanup(one.server.Close)
	other.bench = &one

	require.Empty(t, w.search(admin, w.north, "quist", 50))
	require.Empty(t, other.search(admin, w.north, "quist", 50))
	id := w.register(w.north, "Grethe Quist", "gq@nord.dk", "gq")
	require.Equal(t, []string{"Grethe Quist"}, other.search(admin, w.north, "quist", 50))
	read[tenancyapi.Person](t, other.call(admin, "PATCH", at(w.north, "/persons/"+id), tenancyapi.PersonChange{Name: ptr("Grethe Rask")}, ifMatch(1)))
	require.Empty(t, w.search(admin, w.north, "quist", 50))
	require.Equal(t, []string{"Grethe Rask"}, w.search(admin, w.north, "rask", 50))

	require.Equal(t, http.StatusOK, w.erase(admin, actor{subject: access.Subject{ID: id}}, 2).status)
	require.Empty(t, other.search(admin, w.north, "rask", 50))
	x := one.service.indexes.of(w.north, w.clock.now())
	require.NotContains(t, x.people, id, "and the other lets go of the name")
	for _, left := range x.order {
		require.NotContains(t, left.words, "rask")
	}
}

func TestNamesOfOperatorsInWhichNobodySearchesAreLetGo(t *testing.T) {
	x := indexes{operators: map[tenant.ID]*index{}}
	now := time.Now()
	old, large, fresh := tenant.New(), tenant.New(), tenant.New()
	x.of(old, now.Add(-indexIdle))
	x.of(large, now.Add(-time.Minute)).size.Store(maxIndexed)
	x.of(fresh, now).size.Store(1)
	x.trim(now)
	require.Len(t, x.operators, 1, "one was idle, one was too much beside the one in use")
	require.Contains(t, x.operators, fresh)
	x.of(fresh, now).size.Store(maxIndexed + 1)
	x.trim(now)
	require.Contains(t, x.operators, fresh, "the one in use stays, however large")
	x.drop(fresh)
	require.Empty(t, x.operators)
}
