package portal

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	tenancyapi "github.com/guldkorn/guldkorn/libs/api/tenancy"
	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/services/portal/browsertest"
)

// TestAnOperatorSaysWhatItsIdentitySystemGives finds the page from the keys, ticks one role and takes another back, in a
// browser; the first time somebody else was faster.
func TestAnOperatorSaysWhatItsIdentitySystemGives(t *testing.T) {
	s := newStage(t)
	s.school()
	var mu sync.Mutex
	var sent []tenancyapi.NewProvisioning
	s.services["tenancy"].HandleFunc("PUT "+under(operatorID, "provisioning"), func(w http.ResponseWriter, r *http.Request) {
		var in tenancyapi.NewProvisioning
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("If-Match") != `"3"` {
			t.Errorf("%v at %s", err, r.Header.Get("If-Match"))
		}
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, in)
		if len(sent) == 1 {
			failure.Write(w, failure.New(failure.PreconditionFailed), "da")
			return
		}
		respond(t, w, tenancyapi.Provisioning{})
	})
	bo := browsertest.New(t).Person("an administrator")
	s.arrives(bo)
	bo.Open(s.address + "/operators/" + operatorID + "/keys")
	bo.Click("#gives")
	bo.Wait("#provisioning")
	require.True(t, browsertest.Evaluate[bool](bo, `document.querySelector("#role-amr").checked && !document.querySelector("#role-tr").checked`))
	for _, end := range []string{".alert-error", "#saved"} {
		bo.Click(`label[for="role-amr"]`)
		bo.Click(`label[for="role-tr"]`)
		bo.Click("#provisioning-save")
		bo.Wait(end)
	}
	bo.Check()
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, []tenancyapi.Role{"tr"}, sent[1].Roles)
}
