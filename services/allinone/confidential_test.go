package allinone

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// What the two say to each other. Nothing but their screens may ever hold it.
const (
	confided = "Jeg sover dårligt, siden Skolevejen kom, og tør ikke sige det på mødet"
	answered = "Tak fordi du skriver. Det er du ikke alene om"
)

// A teacher writes to the union representative whom she chose, and the two talk: on other devices, too, with nothing but
// their codes. Nobody else gets in, and nothing that was said or who said it is left in files, streams or logs.
func TestTwoTalkConfidentially(t *testing.T) {
	j := startDemo(t)
	j.browser = browsertest.New(t)
	tr := j.arrive("Thomas (TR)", "thomas.tr", 390)
	j.school = "/schools/" + strings.Split(strings.TrimPrefix(tr.Address(), j.addresses.Portal+"/schools/"), "/")[0]
	j.findStaff()
	tr.WaitText("#main", "Kolleger kan skrive fortroligt til dig, når du har lavet en nøgle")
	trCode := j.makeMailbox(tr)

	teacher := j.arrive("Maja (lærer)", "maja.laerer", 390)
	j.open(teacher, j.school+"/confidential")
	teacher.Wait("#confidential-form")
	j.look(teacher, "confidential")
	teacher.Fill("#confidential-text", "Ring til mig på 20 30 40 50")
	teacher.WaitFor("be warned of the number", `!document.querySelector("[data-personal]").hidden`)
	teacher.Fill("#confidential-text", confided)
	teacher.WaitFor("no warning any more", `document.querySelector("[data-personal]").hidden`)
	code := teacher.Text("#confidential-code")
	teacher.Click("label[for=code-kept]")
	teacher.Click("#confidential-send")
	teacher.Click("#my-conversations button")
	teacher.WaitText("#messages", confided)
	j.look(teacher, "confidential-sent")

	j.open(tr, j.school)
	tr.WaitText("#main", "En samtale venter på dit svar")
	j.open(tr, j.school+"/confidential/received")
	tr.WaitText("#received", "Maja Lindholm")
	tr.Click("#received a")
	tr.WaitText("#messages", confided)
	tr.WaitText("#messages", "Maja Lindholm")
	j.look(tr, "confidential-received")
	tr.Fill("#confidential-text", answered)
	tr.Click("#more-send")
	tr.WaitText("#messages", answered)

	elsewhere := j.arrive("Maja på en anden enhed", "maja.laerer", 1280)
	j.openWithCode(elsewhere, "0000-0000-0000-0000-0000-0000")
	elsewhere.WaitText("#problem, .alert-error", "Ingen samtale har den kode")
	j.openWithCode(elsewhere, strings.ToLower(code)) // as people type
	elsewhere.WaitText("#messages", answered)
	elsewhere.Fill("#confidential-text", "Skal vi tage en snak på torsdag?")
	elsewhere.Click("#more-send")
	elsewhere.WaitText("#messages", "på torsdag")

	again := j.arrive("Thomas på en anden enhed", "thomas.tr", 1280)
	j.open(again, j.school+"/confidential/received")
	again.Fill("#typed-code", code) // Maja's, which opens nothing of his
	again.Click("#unlock-do")
	again.WaitText("#unlock-form", "Det er ikke den rigtige kode")
	again.Fill("#typed-code", trCode)
	again.Click("#unlock-do")
	again.Click("#received a")
	again.WaitText("#messages", "på torsdag")
	address := again.Address()

	leader := j.arrive("Lene (leder)", "lene.leder", 1280)
	for _, closed := range []string{address, j.addresses.Portal + j.school + "/confidential/received"} {
		leader.Open(closed)
		leader.Wait("#problem")
	}
	j.nothingConfided()

	elsewhere.Click("#delete-do")
	elsewhere.Wait("#gone")
	teacher.Click("#sign-out button")
	teacher.WaitFor("forget the codes of the tab", `!Object.keys(sessionStorage).some((key) => key.startsWith("guldkorn-"))`)
	again.Open(address)
	again.Wait("#problem")
}

// makeMailbox has a representative make a key, and returns the code.
func (j *journey) makeMailbox(p *browsertest.Person) string {
	j.open(p, j.school+"/confidential/received")
	p.Wait("#key-form")
	j.look(p, "confidential-key")
	code := p.Text("#mailbox-code")
	p.Click("label[for=mailbox-code-kept]")
	p.Click("#key-make")
	p.Wait("#none-received")
	return code
}

func (j *journey) openWithCode(p *browsertest.Person, code string) {
	j.open(p, j.school+"/confidential")
	p.Fill("#typed-code", code)
	p.Click("#code-open")
}

// nothingConfided searches everything on disk and every line of the log for what was said, and the log for who said it.
func (j *journey) nothingConfided() {
	var files int
	require.NoError(j.t, filepath.WalkDir(j.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil // gone since the folder was read
		}
		files++
		require.Empty(j.t, confidedIn(string(raw)), path)
		return nil
	}))
	require.Greater(j.t, files, 10)
	require.Empty(j.t, confidedIn(j.log.String()))
	for line := range strings.SplitSeq(j.log.String(), "\n") {
		for _, person := range j.staff {
			if person.Name == "Maja Lindholm" && strings.Contains(line, "/confidential") {
				require.NotContains(j.t, line, person.PersonID)
			}
		}
	}
	require.Contains(j.t, confidedIn("..."+answered+"..."), answered, "a search that finds nothing has to be able to find something")
}

// confidedIn returns what of the conversation stands in a text.
func confidedIn(text string) (found []string) {
	for _, words := range []string{confided, answered, "Skal vi tage en snak på torsdag?"} {
		if strings.Contains(text, words) {
			found = append(found, words)
		}
	}
	return found
}
