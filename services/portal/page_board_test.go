package portal

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// A map of any size is drawn inside its frame, every node in a place of its own, and twice the same.
func TestAMapIsDrawnTheSame(t *testing.T) {
	all, err := loadWords()
	require.NoError(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		var board dialogueapi.Board
		for i := range rapid.IntRange(0, 40).Draw(rt, "nodes") {
			kind := rapid.SampledFrom(nodeOrder).Draw(rt, "kind")
			board.Nodes = append(board.Nodes, dialogueapi.MapNode{NodeID: string(rune('a' + i)), Kind: dialogueapi.MapNodeKind(kind), Label: rapid.StringN(1, 80, -1).Draw(rt, "label")})
		}
		drawn := all["da"].draw(&board)
		require.Equal(rt, drawn, all["da"].draw(&board))
		require.Len(rt, drawn.Nodes, len(board.Nodes))
		for i, n := range drawn.Nodes {
			require.True(rt, n.Left >= 0 && n.Top >= 0 && n.Left+n.BoxWidth <= drawn.Width && n.Top+n.BoxHeight <= drawn.Height, "outside")
			for _, line := range n.Lines {
				require.LessOrEqual(rt, len([]rune(line)), nodeLetters)
			}
			for _, o := range drawn.Nodes[:i] {
				require.False(rt, n.Left < o.Left+o.BoxWidth && o.Left < n.Left+n.BoxWidth && n.Top < o.Top+o.BoxHeight && o.Top < n.Top+n.BoxHeight, "%v over %v", n, o)
			}
		}
	})
}

// What people wrote is text on every page of a board, markup too, and what they left out leaves nothing behind.
func TestABoardShowsWhatWasWritten(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	at := func(parts ...string) string { return schoolPath(schoolID, parts...) }
	for _, path := range append(boardPages(at), at("dialogues", "review", "minutes"), at("dialogues", "review", "minutes", "files", "md")) {
		page := b.get(path)
		require.Equal(t, http.StatusOK, page.StatusCode, path)
		require.NotContains(t, page.body, "nil", path)
		require.NotContains(t, page.body, "<b>Ledelsen", path)
	}
	require.Contains(t, b.get(at("dialogues", "map", "map")).body, "&lt;b&gt;Ledelsen&lt;/b&gt;")
	require.Contains(t, b.get(at("dialogues", "plan", "room")+"?row=p1").body, "Kursus i en rigtig time</textarea>")
}

// A map, an inventory and a plan that began with an earlier dialogue's say of everything what has become of it, in the table
// and in the drawing; what was taken off is there to be read and not to be chosen.
func TestABoardSaysWhatHasBecomeOfIt(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	at := func(parts ...string) string { return schoolPath(schoolID, parts...) }
	page := b.get(at("dialogues", "map-begun", "map")).body
	require.Contains(t, page, "Kortet fra &lt;i&gt;i efteråret&lt;/i&gt;")
	for _, said := range []string{
		`aria-label="Os selv: Team 5 Ændret"`, `aria-label="Ledelse: &lt;b&gt;Ledelsen&lt;/b&gt; Ny"`, `role="img" aria-label="Andre faggrupper: Pædagogerne &lt;b&gt;i fritten&lt;/b&gt; Fjernet"`,
		`<td class="board-mark board-mark-kept">Som sidst</td>`, `<td class="board-mark board-mark-removed">Fjernet</td>`,
	} {
		require.Contains(t, page, said)
	}
	require.NotContains(t, page, "/nodes/gone")
	require.NotContains(t, b.get(at("dialogues", "map-begun", "board", "relations", "new")).body, "fritten")
	for kind, gone := range map[string]string{"inventory": "Papirprotokollen", "plan": "Flyt alle data"} {
		page := b.get(at("dialogues", kind+"-begun", kind)).body
		require.Contains(t, page, gone)
		require.NotContains(t, page, "/board/"+kind+"/"+kind[:1]+"0")
	}
	require.NotContains(t, b.get(at("dialogues", "map", "map")).body, "board-mark")
	for _, file := range []string{"md", "odt"} {
		require.Equal(t, http.StatusOK, b.get(at("dialogues", "review", "minutes", "files", file)).StatusCode)
	}
	text := b.get(at("dialogues", "review", "minutes", "files", "md")).body
	require.Contains(t, text, "Siden sidst")
	require.Contains(t, text, "Fjernet")
}

// Whoever leads is offered an earlier map, with the keyboard alone; it is there only after they chose it.
func TestAMapBeginsWithAnEarlierOne(t *testing.T) {
	s := newStage(t)
	s.school()
	reader := browsertest.New(t).Person("somebody without a mouse")
	s.arrives(reader)
	at := s.address + "/schools/" + schoolID + "/dialogues/map-empty"
	reader.Open(at + "/map")
	reader.Wait("#begin-earlier")
	require.False(t, browsertest.Evaluate[bool](reader, `document.querySelector("#begin-other") !== null`), "a plan is no map")
	reader.Keyboard()
	tabTo(t, reader, "begin-earlier")
	reader.Press("\r")
	asked := func(one asked) bool {
		return strings.HasPrefix(one.call, "POST ") && strings.HasSuffix(one.call, "/dialogues/map-empty/board/beginnings")
	}
	require.Eventually(t, func() bool { return slices.ContainsFunc(s.calls(), asked) }, 10*time.Second, 10*time.Millisecond)
}

// The map is walked, opened and changed with the keyboard alone, from the drawing and from the table, to the same form.
func TestAMapIsWalkedWithTheKeyboard(t *testing.T) {
	s := newStage(t)
	s.school()
	reader := browsertest.New(t).Person("somebody without a mouse")
	s.arrives(reader)
	at := s.address + "/schools/" + schoolID + "/dialogues/map"
	reader.Open(at + "/map")
	reader.Keyboard()
	for _, id := range []string{"drawn-r2", "listed-r2", "drawn-aula", "listed-aula"} {
		reader.Open(at + "/map")
		reader.Wait("#" + id)
		tabTo(t, reader, id)
		reader.Press("\r")
		list := "relations/r2"
		if strings.HasSuffix(id, "aula") {
			list = "nodes/aula"
		}
		reader.WaitAddress(at + "/board/" + list)
		reader.Wait("#item-form")
	}
	reader.Open(at + "/board/relations/r2")
	reader.Keyboard()
	tabTo(t, reader, "item-save")
	reader.Press("\r")
	reader.WaitAddress(at + "/map")
	require.True(t, slices.ContainsFunc(s.calls(), func(one asked) bool {
		return strings.HasPrefix(one.call, "PUT ") && strings.HasSuffix(one.call, "/dialogues/map/board/relations/r2")
	}))
}

// tabTo presses the tabulator until something has the focus.
func tabTo(t *testing.T, reader *browsertest.Person, id string) {
	t.Helper()
	for range 80 {
		reader.Press("\t")
		if browsertest.Evaluate[string](reader, "document.activeElement.id") == id {
			return
		}
	}
	t.Fatalf("the tabulator never comes to #%s", id)
}
