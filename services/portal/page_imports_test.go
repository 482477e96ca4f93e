package portal

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/guldkorn/guldkorn/libs/api/apitest"
	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
)

const importsPath = "/operators/" + operatorID + "/imports"

// TestEveryWordOfAListIsKnown holds the texts about lists against what tenancy's description says that can come.
func TestEveryWordOfAListIsKnown(t *testing.T) {
	raw, err := os.ReadFile(apitest.File("openapi/tenancy.yaml"))
	require.NoError(t, err)
	var described struct {
		Components struct {
			Schemas map[string]struct {
				Enum []string `yaml:"enum"`
			} `yaml:"schemas"`
		} `yaml:"components"`
	}
	require.NoError(t, yaml.Unmarshal(raw, &described))
	families := families()
	for schema, family := range map[string]string{
		"ImportKind": "import_kind", "ImportStatus": "import_status", "ImportReason": "import_reason", "RowOutcome": "row_outcome",
	} {
		require.ElementsMatch(t, described.Components.Schemas[schema].Enum, families[family], schema)
	}
	var columns []string
	for _, some := range importColumns {
		columns = append(columns, some...)
	}
	slices.Sort(columns)
	require.ElementsMatch(t, described.Components.Schemas["ImportColumn"].Enum, slices.Compact(columns))
}

// upload sends a list as a browser does.
func (b *browser) upload(list []byte, fields map[string]string) page {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, text := range fields {
		require.NoError(b.t, form.WriteField(name, text))
	}
	if list != nil {
		file, err := form.CreateFormFile("list", "liste.csv")
		require.NoError(b.t, err)
		_, err = file.Write(list)
		require.NoError(b.t, err)
	}
	require.NoError(b.t, form.Close())
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.address+importsPath, &body)
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept-Language", "da")
	return b.do(r)
}

func TestAListGoesToTenancyAsItIs(t *testing.T) {
	s := newStage(t)
	s.school()
	var sent []string
	s.services["tenancy"].HandleFunc("POST "+under(operatorID, "imports"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sent = append(sent, r.Header.Get("Content-Type")+" "+r.Header.Get("Idempotency-Key")+" "+r.URL.Query().Get("kind")+" "+string(raw))
		if len(raw) == 0 {
			failure.Write(w, failure.New(failure.ImportEmpty), "da")
			return
		}
		respond(t, w, tenancyapi.Import{ImportID: "new"})
	})
	var ended []string
	s.services["tenancy"].HandleFunc("DELETE "+under(operatorID, "imports")+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		ended = append(ended, r.PathValue("id")+" "+r.Header.Get("If-Match"))
		failure.Write(w, failure.New(failure.ImportOver), "da")
	})
	b := s.browser()
	b.signIn("bo", "/")
	fields := map[string]string{"form_token": b.token(), "idempotency_key": "k1", "kind": "schools"}

	answer := b.upload([]byte("a;b\n\xe6"), fields)
	require.Equal(t, importsPath+"/new", strings.TrimPrefix(answer.next(t), s.address))
	require.Equal(t, []string{"text/csv k1 schools a;b\n\xe6"}, sent)
	require.Empty(t, ended)

	fields["replaces"], fields["etag"] = "wrong", `"3"`
	answer = b.upload([]byte("a;b"), fields)
	require.Equal(t, importsPath+"/new", strings.TrimPrefix(answer.next(t), s.address))
	require.Equal(t, []string{`wrong "3"`}, ended, "a list that was corrected takes the place of the wrong one, also when that is over")

	answer = b.upload(nil, fields)
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode)
	require.Contains(t, answer.body, "Vælg en CSV-fil.")
	answer = b.upload([]byte{}, fields)
	require.Equal(t, http.StatusUnprocessableEntity, answer.StatusCode)
	require.Contains(t, answer.body, "Listen kan ikke læses som en tabel")

	delete(fields, "form_token")
	require.Equal(t, http.StatusForbidden, b.upload([]byte("a;b"), fields).StatusCode, "nobody else's page sends a list")
	require.Len(t, sent, 3)
}

func TestAListThatIsTooLargeIsAnsweredWithAPage(t *testing.T) {
	s := newStage(t)
	s.school()
	s.on("tenancy", "POST "+under(operatorID, "imports"), failure.New(failure.RequestTooLarge))
	b := s.browser()
	b.signIn("bo", "/")
	fields := map[string]string{"form_token": b.token(), "idempotency_key": "k1", "kind": "people"}
	for name, size := range map[string]int{"by a little": maxList + 1, "by far": 50 << 20} {
		before := len(s.calls())
		answer := b.upload(bytes.Repeat([]byte("a"), size), fields)
		require.Equal(t, http.StatusRequestEntityTooLarge, answer.StatusCode, name)
		require.Contains(t, answer.body, "Del den i flere lister", name)
		if size > maxListForm {
			require.Len(t, s.calls(), before, name)
		}
	}
}

func TestTheMistakesOfAListAreASpreadsheet(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	answer := b.get(importsPath + "/wrong/errors")
	require.Equal(t, "text/csv; charset=utf-8", answer.Header.Get("Content-Type"))
	require.Equal(t, "\ufeffRække;Kolonne;Fejl;Der står\r\n3;E-mail;mangler.;\r\n4;Skole;findes ikke.;'=1+1\r\n"+
		"5;;der er flere eller færre felter end overskrifter.;\r\n", answer.body)

	answer = b.get(importsPath + "/wrong")
	require.Contains(t, answer.body, "Række 3, E-mail: mangler.")
	require.Contains(t, answer.body, "Række 4, Skole: findes ikke. Skriv skolens institutionsnummer eller navn.")
	require.Contains(t, answer.body, "Række 5: der er flere eller færre felter end overskrifter.")
	require.Contains(t, answer.body, "cursor=5")
	require.Contains(t, b.get(importsPath+"/unread").body, "Overskrifterne: ingen af overskrifterne er kendt.")
}

func TestThePreviewSaysWhatEachRowChanges(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	answer := b.get(importsPath + "/right")
	for _, text := range []string{
		"Navn bliver Dan", "Personalegruppe ændres fra Lærere og undervisere til IT", "Ny rolle: Leder", "Til bliver 31. juli 2028",
		"Sprog ændres fra Dansk til Engelsk",
	} {
		require.Contains(t, answer.body, text)
	}
	answer = b.get(importsPath + "/renamed")
	require.Contains(t, answer.body, "Skole ændres fra Egeskolen til Egebakkeskolen")
	require.Contains(t, answer.body, "Ny enhed: Mellemtrin")
}

func TestAListIsAppliedOnceAndFromWhatWasSeen(t *testing.T) {
	s := newStage(t)
	s.school()
	var asked []string
	s.services["tenancy"].HandleFunc("POST "+under(operatorID, "imports", "right", "apply"), func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		asked = append(asked, r.Header.Get("If-Match")+" "+string(raw))
		if len(asked) > 1 {
			failure.Write(w, failure.New(failure.ImportOver), "da")
		}
	})
	b := s.browser()
	b.signIn("bo", "/")
	form := map[string][]string{"form_token": {b.token()}, "etag": {`"3"`}, "only_good_rows": {"yes"}}
	require.Equal(t, http.StatusSeeOther, b.post(importsPath+"/right/apply", form).StatusCode)
	delete(form, "only_good_rows")
	answer := b.post(importsPath+"/right/apply", form)
	require.Equal(t, http.StatusConflict, answer.StatusCode)
	require.Contains(t, answer.body, "Listen er allerede indlæst eller annulleret.")
	require.Equal(t, []string{`"3" {"only_good_rows":true}`, `"3" {}`}, asked)
}

func TestExamplesHaveTheHeadingsThatThePageExplains(t *testing.T) {
	s := newStage(t)
	s.school()
	b := s.browser()
	b.signIn("bo", "/")
	for _, kind := range importKinds {
		answer := b.get(importsPath + "/examples/" + kind)
		require.Contains(t, answer.Header.Get("Content-Disposition"), "guldkorn-"+kind+".csv")
		heading, _, _ := strings.Cut(strings.TrimPrefix(answer.body, "\ufeff"), "\n")
		var explained []string
		for _, column := range importColumns[kind] {
			explained = append(explained, s.portal.words["da"].of("import_column", kind+"."+column))
		}
		require.Equal(t, strings.Join(explained, ";"), heading)
	}
	require.Equal(t, http.StatusNotFound, b.get(importsPath+"/examples/secrets").StatusCode)
}
