package audit

import (
	"bytes"
	"encoding/csv"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

const (
	school tenant.ID = "northschoola"
	other  tenant.ID = "southschoola"
)

// TestFormOfTheHash holds the form against a hash that another program made: stored chains must verify for ever.
func TestFormOfTheHash(t *testing.T) {
	e := Entry{
		Tenant: school, Seq: 7, At: time.UnixMilli(1795698123456), Subject: "6a0f", Action: "role_assignment.create",
		ResourceType: "role_assignment", ResourceID: "å/leader", Decision: Allowed, Previous: "00ff",
	}
	require.Equal(t, "f582c2917258d9b682170402dc036d4b2f33e2b7fe198df1632dee390f35e8dc", e.Sum())
}

func TestALetterThatMovesToTheNextFieldShows(t *testing.T) {
	a, b := Entry{Subject: "ab", Action: "c"}, Entry{Subject: "a", Action: "bc"}
	require.NotEqual(t, a.Sum(), b.Sum())
}

// chainOf returns an intact chain of invented decisions.
func chainOf(t *rapid.T) []Entry {
	word := rapid.StringMatching(`[a-zæøå/:]{0,6}`)
	var list []Entry
	at, previous := time.UnixMilli(1795698000000).UTC(), ""
	for i := range rapid.IntRange(1, 12).Draw(t, "entries") {
		at = at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "pause")) * time.Millisecond)
		e := Entry{
			Tenant: school, Seq: int64(i + 1), At: at, Subject: word.Draw(t, "subject"), Action: word.Draw(t, "action"),
			ResourceType: word.Draw(t, "type"), ResourceID: word.Draw(t, "id"),
			Decision: rapid.SampledFrom([]string{Allowed, Denied}).Draw(t, "decision"), Previous: previous,
		}
		e.Hash = e.Sum()
		previous = e.Hash
		list = append(list, e)
	}
	return list
}

func each(list []Entry) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// rehash writes a chain anew from an entry on, as somebody would who owns the database.
func rehash(list []Entry, from int) {
	for i := from; i < len(list); i++ {
		list[i].Seq, list[i].Previous = int64(i+1), ""
		if i > 0 {
			list[i].Previous = list[i-1].Hash
		}
		list[i].Hash = list[i].Sum()
	}
}

// fields are the ways to change one entry.
var fields = map[string]func(*Entry){
	"tenant":        func(e *Entry) { e.Tenant = other },
	"seq":           func(e *Entry) { e.Seq++ },
	"time":          func(e *Entry) { e.At = e.At.Add(time.Millisecond) },
	"subject":       func(e *Entry) { e.Subject += "x" },
	"action":        func(e *Entry) { e.Action += "x" },
	"resource type": func(e *Entry) { e.ResourceType += "x" },
	"resource id":   func(e *Entry) { e.ResourceID += "x" },
	"decision":      func(e *Entry) { e.Decision = map[string]string{Allowed: Denied, Denied: Allowed}[e.Decision] },
	"previous":      func(e *Entry) { e.Previous = e.Hash },
	"hash":          func(e *Entry) { e.Hash = strings.Repeat("0", 64) },
}

func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range fields {
			if !yield(name) {
				return
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		list := chainOf(t)
		head := Head{list[len(list)-1].Seq, list[len(list)-1].Hash}
		check := func(list []Entry, known ...Head) Finding {
			found, err := Verify(school, each(list), known...)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		if found := check(list, head); !found.Intact() || found.Head != head {
			t.Fatalf("an intact chain: %+v", found)
		}
		at := rapid.IntRange(0, len(list)-1).Draw(t, "at")
		caught := func(what string, found Finding, bad int) {
			if found.Intact() || found.Bad != int64(bad) {
				t.Fatalf("%s at %d: %+v", what, at+1, found)
			}
		}
		for _, name := range names {
			changed := slices.Clone(list)
			fields[name](&changed[at])
			caught(name, check(changed), at+1)
		}
		if at < len(list)-1 { // one removed from the middle
			caught("removed", check(slices.Delete(slices.Clone(list), at, at+1)), at+1)
			swapped := slices.Clone(list)
			swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
			caught("reordered", check(swapped), at+1)
		}
		foreign := list[at]
		foreign.Subject = "intruder"
		foreign.Hash = foreign.Sum()
		caught("inserted, well-formed in itself", check(slices.Insert(slices.Clone(list), at, foreign)), at+2)
		caught("repeated", check(slices.Insert(slices.Clone(list), at, list[at])), at+2)

		caught("cut off, with a known head", check(list[:at], head), at+1)
		anew := slices.Clone(list)
		anew[at].Subject += "x"
		rehash(anew, at)
		if !check(anew).Intact() {
			t.Fatal("a chain that was written anew is whole in itself")
		}
		caught("written anew, with a known head", check(anew, head), int(head.Seq))
	})
}

func TestKnownHeadsThatDisagree(t *testing.T) {
	found, err := Verify(school, each(nil), Head{1, "a"}, Head{1, "b"})
	require.NoError(t, err)
	require.False(t, found.Intact())
}

func TestAnExportReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := chainOf(t)
		var out bytes.Buffer
		if err := WriteNDJSON(&out, each(list)); err != nil {
			t.Fatal(err)
		}
		var back []Entry
		for e, err := range ReadNDJSON(&out) {
			if err != nil {
				t.Fatal(err)
			}
			back = append(back, e)
		}
		if !slices.Equal(list, back) {
			t.Fatalf("%v became %v", list, back)
		}
	})
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	good := `{"tenant_id":"northschoola","seq":1,"at":"2026-11-26T10:00:00.123Z"}`
	for name, text := range map[string]string{
		"prose":                "hello",
		"a field too many":     `{"tenant_id":"northschoola","note":"x"}`,
		"two on a line":        good + good,
		"finer than it hashes": strings.Replace(good, ".123Z", ".1234Z", 1),
	} {
		var last error
		for _, err := range ReadNDJSON(strings.NewReader(text + "\n")) {
			last = err
		}
		require.Error(t, last, name)
	}
}

func TestASpreadsheetFindsNoFormulas(t *testing.T) {
	var out bytes.Buffer
	texts := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", " =1", "ordinary", ""}
	var list []Entry
	for _, text := range texts {
		list = append(list, Entry{Tenant: school, Subject: text, ResourceID: text})
	}
	require.NoError(t, WriteCSV(&out, each(list)))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Equal(t, columns, rows[0])
	var cells []string
	for _, row := range rows[1:] {
		require.Equal(t, row[3], row[6])
		cells = append(cells, row[3])
	}
	require.Equal(t, []string{"'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "' =1", "ordinary", ""}, cells)
}
