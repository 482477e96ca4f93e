package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	dialogueapi "github.com/guldkorn/guldkorn/libs/api/dialogue"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TR and AMR hold something on the board back and show it again; whoever names a colleague there is told alone.
func TestTheBoardIsHeldBack(t *testing.T) {
	s := newStage(t)
	s.school()
	const at = dialoguesPath + "map"
	items := under(schoolID, "dialogues", "map", "board")
	heard := s.hearsAt("dialogue", dialogueapi.MapNode{}, "POST "+items+"/items/r1/hold", "POST "+items+"/items/h1/release", "POST "+items+"/nodes")
	b := s.browser()
	b.signIn("anna", "/")
	page := b.get(at + "/map").body
	for _, part := range []string{`id="hold-on-board"`, "Kun <b>en</b> sekretær", `value="h1 &#34;4&#34;"`, `value="r1 &#34;3&#34;"`} {
		require.Contains(t, page, strings.NewReplacer("<b>", "&lt;b&gt;", "</b>", "&lt;/b&gt;").Replace(part))
	}
	form := url.Values{formField: {b.token()}, "item": {`r1 "3"`}, "reason": {"Peger på én"}}
	require.Equal(t, at+"/map", b.post(at+"/held-on-board/map", form).Header.Get("Location"))
	form = url.Values{formField: {b.token()}, "item": {`h1 "4"`}}
	require.Equal(t, at+"/map", b.post(at+"/held-on-board/map", form).Header.Get("Location"))
	require.Equal(t, []string{`POST "3" {"reason":"Peger på én"}`, `POST "4" `}, heard.sent)

	heard.answer = failure.New(failure.NamesColleague)
	node := url.Values{formField: {b.token()}, "idempotency_key": {"k1"}, "kind": {"colleagues"}, "label": {"Bo Kjær"}}
	told := b.post(at+"/board/nodes/new", node)
	require.Equal(t, http.StatusUnprocessableEntity, told.StatusCode)
	require.Contains(t, told.body, `id="naming"`)
	require.Contains(t, told.body, `id="hold-back"`)
	heard.answer, heard.sent = nil, nil
	node.Set("hold_back", "true")
	require.Equal(t, http.StatusSeeOther, b.post(at+"/board/nodes/new", node).StatusCode)
	require.Equal(t, []string{`POST k1 {"hold_back":true,"kind":"colleagues","label":"Bo Kjær"}`}, heard.sent)
}

// TestTheHeldOfABoardIsForEverybody looks at what TR and AMR see of a board.
func TestTheHeldOfABoardIsForEverybody(t *testing.T) {
	s := newStage(t)
	s.school()
	heard := s.hearsAt("dialogue", dialogueapi.MapNode{}, "POST "+under(schoolID, "dialogues", "map", "board")+"/nodes")
	heard.answer = failure.New(failure.NamesColleague)
	reader := browsertest.New(t).Person("a TR")
	reader.Open(s.address + "/sign-in")
	reader.Click("#sign-in")
	reader.Click(`button[value="anna"]`)
	reader.WaitAddress(s.address + "/schools/" + schoolID)
	reader.Open(s.address + dialoguesPath + "map/map")
	reader.Click("#hold-on-board summary")
	reader.Wait("#hold-item")
	reader.Check()
	reader.Screenshot("board-held")
	reader.Open(s.address + dialoguesPath + "map/board/nodes/new")
	reader.Fill("#label", "Bo Kjær")
	reader.Click("#item-save")
	reader.Wait("#naming")
	reader.Check()
	reader.Screenshot("board-naming")
}
